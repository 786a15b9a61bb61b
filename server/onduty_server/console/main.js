var R,or,Bo,Ie,Fo,xn,sr,wn,rr,Po,Uo,mu,qt=Symbol.for("pv"),kn={},En=[],du=/^m(i|n|o|s|text|space)$/,Wo=Array.isArray,Vo=En.slice,Ye=Object.assign;function qe(e){e&&e.parentNode&&e.remove()}function Nn(e,t,n){var o,s,r,i={},a=arguments.length;for(r in t)r=="key"?o=t[r]:r=="ref"&&typeof e!="function"?s=t[r]:i[r]=t[r];return a>2&&(i.children=a>3?Vo.call(arguments,2):n),Gt(e,i,o,s,null)}function Gt(e,t,n,o,s){var r={type:e,props:t,key:n,ref:o,__k:null,__:null,__b:0,__e:null,__c:null,constructor:qt,__v:s||++or,__i:-1,__u:0};return!s&&R.vnode&&R.vnode(r),r}function Oe(e){return e.children}function Ke(e,t){this.props=e,this.context=t,this.__g=0}function Te(e,t){if(t==null)return e.__&&Te(e.__,e.__i+1);for(var n;t<e.__k.length;t++)if((n=e.__k[t])&&n.__e)return n.__e;return typeof e.type!="function"||e.props.__P?null:Te(e)}function hu(e){var t,n=e.__v,o=n.__e,s=[],r=[],i=e.__P;i&&((t=Ye({constructor:qt},n)).__v=n.__v+1,R.vnode&&R.vnode(t),Ho(i,t,n,e.__n,i.namespaceURI,32&n.__u?[o]:null,s,o||Te(n),32&n.__u,r),t.__v=n.__v,t.__.__k[t.__i]=t,fr(s,t,r),n.__=n.__e=null,t.__e!=o&&ir(t))}function ir(e){if((e=e.__)&&e.__c&&!e.props.__P)return e.__e=null,e.__k.some(function(t){return t&&(e.__e=t.__e)}),ir(e)}function tr(e){(8&e.__g||(e.__g|=8,Ie.push(e),xn++))&&Fo==R.debounceRendering||((Fo=R.debounceRendering)||queueMicrotask)(ar)}function ar(){try{for(var e,t=1;Ie.length;)Ie.length>t&&Ie.sort(sr),e=Ie.shift(),t=Ie.length,8&e.__g&&hu(e)}finally{(xn=Ie.length)&&(Fo||queueMicrotask)(ar)}}function ur(e,t,n,o,s,r,i,a,l,c,f){var m,h,p,g,$,w,x=o.__k||En,y=t.length;for(l=vu(n,t,x,l,y),m=0;m<y;m++)(p=n.__k[m])!=null&&(h=~p.__i&&x[p.__i]||kn,p.__i=m,w=Ho(e,p,h,s,r,i,a,l,c,f),g=p.__e,(h.ref!=p.ref||8&h.__u)&&(h.ref&&Go(h.ref,null,p,h),p.ref&&f.push(p.ref,p.__c||g,p)),$=$||g,4&p.__u?(l=lr(p,l,e,!h.__v),h.__e&&(h.__e=null)):typeof p.type=="function"&&w!==void 0?l=w:g&&(l=g.nextSibling),p.__u&=-21);return n.__e=$,l}function vu(e,t,n,o,s){var r,i,a,l,c,f,m,h,p,g=n.length,$=g,w=0,x=0,y=e.__k=Array(s);for(r=0;r<s;r++)(i=t[r])!=null&&typeof i!="boolean"&&typeof i!="function"?(typeof i!="object"||i.constructor===String?i=y[r]=Gt(null,i):Wo(i)?i=y[r]=Gt(Oe,{children:i}):i.constructor===qt&&i.__b?i=y[r]=Gt(i.type,i.props,i.key,i.ref,i.__v):y[r]=i,l=r+w,i.__=e,i.__b=e.__b+1,a=null,~(c=i.__i=yu(i,n,l,$))&&($--,(a=n[c])&&(a.__u|=2)),a&&a.__v?(i.__u|=16,c==l-1?w--:c==l+1?w++:c!=l&&(c>l?w--:w++,x=1)):(~c||(s>g?w--:s<g&&w++),typeof i.type!="function"&&(i.__u|=4))):y[r]=null;if(x){for(f=[],m=[],r=0;r<s;r++)if((i=y[r])&&16&i.__u){for(w=0,h=f.length;w<h;)f[p=w+h>>1]<i.__i?w=p+1:h=p;f[w]=i.__i,m[r]=w+1}for(w=f.length;r--;)m[r]&&(m[r]==w?w--:y[r].__u|=4)}if($)for(r=0;r<g;r++)!(a=n[r])||2&a.__u||(a.__e==o&&(o=Te(a)),qo(a,a));return o}function lr(e,t,n,o){var s,r,i,a;if(typeof e.type=="function"){if(e.props.__P)return t;if(s=e.__k)for(r=0;r<s.length;r++)s[r]&&(s[r].__=e,t=lr(s[r],t,n,!1));return t}for(t&&!t.parentNode&&(t=Te(e))&&!t.parentNode&&(t=null),i=e.__e,a=t;a&&a.nodeType==8;)a=a.nextSibling;for(i!=a&&(!o&&n.moveBefore&&i.parentNode?n.moveBefore(i,t):n.insertBefore(i,t||null)),t=i;(t=t&&t.nextSibling)&&t.nodeType==8&&!t.data.startsWith("$s"););return t}function yu(e,t,n,o){var s,r=e.key,i=e.type,a=t[n],l=a&&!(2&a.__u);if(a===null&&r==null||l&&r==a.key&&i==a.type)return n;if(o>(l?1:0)){for(s=n-1;s>=0;s--)if((a=t[s])&&!(2&a.__u)&&r==a.key&&i==a.type)return s;for(s=n+1;s<t.length;s++)if((a=t[s])&&!(2&a.__u)&&r==a.key&&i==a.type)return s}return-1}function nr(e,t,n){n==null&&(n=""),t[0]=="-"?e.setProperty(t,n):e[t]=n}function $n(e,t,n,o,s){var r,i;if(t=="style")if(typeof n=="string")e.style.cssText=n;else{if(typeof o=="string"&&(e.style.cssText=o=""),o)for(t in o)n&&t in n||nr(e.style,t);if(n)for(t in n)o&&n[t]==o[t]||nr(e.style,t,n[t])}else if(t[0]=="o"&&t[1]=="n")typeof n!="function"&&(n=null),typeof o!="function"&&(o=null),(e.__e||(e.__e={}))[t]=n,n&&o||(i=Uo[t]||(Uo[t]=gu(t)),(e.__a||(e.__a={}))[t]=Po,r=t!=(t=t.replace(rr,"$1")),(t=t.slice(2))[0]<"a"&&(t=t.toLowerCase()),n?e.addEventListener(t,i,r):e.removeEventListener(t,i,r));else{if(s=="http://www.w3.org/2000/svg")t=t.replace(/xlink(H|:h)/,"h").replace(/sName$/,"s");else if(t!="width"&&t!="height"&&t!="href"&&t!="list"&&t!="form"&&t!="tabIndex"&&t!="download"&&t!="rowSpan"&&t!="colSpan"&&t!="role"&&t!="popover"&&t in e)try{return void(e[t]=n??"")}catch{}if(typeof n=="function")return;n==null||n===!1&&t[4]!="-"?e.removeAttribute(t):e.setAttribute(t,t=="popover"&&n==1?"":n)}}function gu(e){return function(t){var n=this.__e;if(n){if(n=n[e],t[wn]==null)t[wn]=Po++;else if(t[wn]<this.__a[e])return;return n(R.event?R.event(t):t)}}}function Ho(e,t,n,o,s,r,i,a,l,c){var f,m,h,p,g,$,w,x,y,v,b,N,ie,ee,q,vt,_e,Ge,ke=t.type;if(t.constructor!==qt)return null;128&n.__u&&(l=32&n.__u,f=n.__c.__z)&&(t.__u|=l,m=r=[],f.nodeType==8?a=Sn(f,r):r.push(f),a=r[0]||a),(f=R.__b)&&f(t);e:if(typeof ke=="function"){h=i.length;try{if(x=t.props,y=(f=ke.prototype)&&f.render,v=(f=ke.contextType)&&o[f.__c],b=f?v?v.props.value:f.__:o,(p=n.__c)?(t.__c=p,2&p.__g&&(p.__g|=1)):(y?t.__c=p=new ke(x,b):(t.__c=p=new Ke(x,b),p.constructor=ke,p.render=bu),v&&v.sub(p),p.state||(p.state={}),p.__n=o,p.__g|=8,p.__h=[],p.__k=[]),y&&(p.__s||(p.__s=p.state),ke.getDerivedStateFromProps&&(p.__s==p.state&&(p.__s=Ye({},p.__s)),Ye(p.__s,ke.getDerivedStateFromProps(x,p.__s)))),g=p.props,$=p.state,p.__v=t,n.__c){if(x!==g&&y&&!ke.getDerivedStateFromProps&&p.componentWillReceiveProps&&p.componentWillReceiveProps(x,b),t.__v==n.__v&&!(8&p.__g)||!(4&p.__g)&&p.shouldComponentUpdate&&p.shouldComponentUpdate(x,p.__s,b)===!1){t.__v!=n.__v&&(p.props=x,p.state=p.__s,p.__g&=-9),t.__e=n.__e,t.__k=n.__k,t.__k.some(function(pe){pe&&(pe.__=t)}),En.push.apply(p.__h,p.__k),p.__k=[],p.__h.length&&i.push(p),a=Te(n);break e}p.componentWillUpdate&&p.componentWillUpdate(x,p.__s,b),y&&p.componentDidUpdate&&p.__h.push(function(){p.componentDidUpdate(g,$,w)})}else y&&!ke.getDerivedStateFromProps&&p.componentWillMount&&p.componentWillMount(),y&&p.componentDidMount&&p.__h.push(p.componentDidMount);p.context=b,p.props=x,p.__P=e,p.__g&=-5,N=R.__r,ie=y?25:0;do p.__g&=-9,N&&N(t),f=p.render(p.props,p.state=p.__s,p.context);while(8&p.__g&&++ie<25);y&&(En.push.apply(p.__h,p.__k),p.__k=[]),p.state=p.__s,p.getChildContext&&(o=Ye({},o,p.getChildContext())),y&&n.__c&&p.getSnapshotBeforeUpdate&&(w=p.getSnapshotBeforeUpdate(g,$)),ee=f&&f.type===Oe&&f.key==null?f.props.children:f,x.__P&&(f=a,s=(e=x.__P).namespaceURI,l=r=null,n.props&&n.props.__P!=e&&(n.__k.some(function(pe){pe&&qo(pe,pe)}),n.__k=null),a=n.__k?Te(n,0):null),a=ur(e,Wo(ee)?ee:[ee],t,n,o,s,r,i,a,l,c),x.__P&&(t.__e=null,a=f),t.__u&=-161,m&&m.some(qe),p.__h.length&&i.push(p),1&p.__g&&(p.__g&=-4)}catch(pe){if(i.length=h,t.__v=null,l||r)if(pe&&pe.then){if(t.__u|=128|l,r){for(~(_e=r.indexOf(a||void 0))||(_e=r.length);(Ge=r[_e-1])&&Ge.nodeType==8;)_e--;for(;_e<r.length;_e++)if(Ge=r[_e])if(r[_e]=null,q){if(Ge==vt)break}else{if(Ge.nodeType!=8)break;Ge.data.startsWith("$s")&&(vt=Sn(q=Ge))}}if(!q){for(;a&&a.nodeType==8&&a.nextSibling;)a=a.nextSibling;q=a}(f=Sn(q=t.__c.__z||(t.__c.__z=q)))?(t.__e=q,a=f):t.__e=a,a=a&&a.nextSibling}else r&&r.some(qe);else t.__e=n.__e;t.__k||(t.__k=n.__k||[]),pe&&pe.then||cr(t),R.__e(pe,t,n)}}else a=t.__e=_u(n.__e,t,n,o,s,r,i,l,c,e);return(f=R.diffed)&&f(t),a}function Sn(e,t){if(e&&e.nodeType==8&&e.data.startsWith("$s"))for(var n=1;e=e.nextSibling;){if(e.nodeType==8){if(e.data.startsWith("$s"))n++;else if(e.data.startsWith("/$s")&&!--n)return e}t&&t.push(e)}}function cr(e){e&&(e.__c&&(e.__c.__g|=4),e.__k&&e.__k.some(cr))}function fr(e,t,n){for(var o=0;o<n.length;)Go(n[o++],n[o++],n[o++]);R.__c&&R.__c(t,e),e.some(function(s){try{e=s.__h,s.__h=[],e.some(function(r){r.call(s)})}catch(r){R.__e(r,s.__v)}})}function _u(e,t,n,o,s,r,i,a,l,c){var f,m,h,p,g,$,w,x,y=n.props||kn,v=t.props,b=t.type;if(b=="svg"?s="http://www.w3.org/2000/svg":b=="math"?s="http://www.w3.org/1998/Math/MathML":s||(s="http://www.w3.org/1999/xhtml"),r){for(f=0;f<r.length;f++)if((g=r[f])&&(b?g.localName==b:g.nodeType==3)){e=g,r[f]=null;break}}if(!e){if(x=c.ownerDocument||document,!b)return x.createTextNode(v);e=x.createElementNS(s,b,v.is?v:c),a&&(R.__m&&R.__m(t,r),a=!1),r=null}if(b){if(c=b=="template"&&e.content||e,r=b=="textarea"&&v.defaultValue!=null?null:r&&Vo.call(c.childNodes),!a&&r)for(y={},f=0;f<e.attributes.length;f++)y[(g=e.attributes[f]).name]=g.value;for(f in y)g=y[f],f=="dangerouslySetInnerHTML"?h=g:f=="children"||f in v||f=="value"&&"defaultValue"in v||f=="checked"&&"defaultChecked"in v||$n(e,f,null,g,s);for(f in v)g=v[f],f=="children"?p=g:f=="dangerouslySetInnerHTML"?m=g:f=="value"?$=g:f=="checked"?w=g:a&&typeof g!="function"||y[f]===g||$n(e,f,g,y[f],s);m?(a||h&&(m.__html==h.__html||m.__html==e.innerHTML)||(e.innerHTML=m.__html),t.__k=[]):(h&&(e.textContent=""),(b=="foreignObject"||s=="http://www.w3.org/1998/Math/MathML"&&du.test(b))&&(s="http://www.w3.org/1999/xhtml"),ur(c,Wo(p)?p:[p],t,n,o,s,r,i,r?r[0]:n.__k&&Te(n,0),a,l),r&&r.some(qe)),a&&b!="textarea"||(f="value",b=="progress"&&$==null?e.removeAttribute(f):$==null||$===e[f]&&(b!="progress"||$)||$n(e,f,$,y[f],s),f="checked",w!=null&&w!=e[f]&&$n(e,f,w,y[f],s))}else y===v||a&&e.data==v||(e.data=v);return e}function Go(e,t,n,o){try{typeof e=="function"?t?t.__x=e(t)||1:o&&(o=o.__c||o.__e)&&(t=o.__x)&&(o.__x=null,typeof t=="function"?t():e(null)):e.current=t}catch(s){R.__e(s,n)}}function qo(e,t,n){var o,s,r,i;if(R.unmount&&R.unmount(e),!(o=e.ref)||o.current&&o.current!=e.__e||Go(o,null,t,e),o=e.__c){if(o.componentWillUnmount)try{o.componentWillUnmount()}catch(a){R.__e(a,t)}o.__P=o.__n=null}if(o=e.__k)for(i=0;i<o.length;i++)o[i]&&qo(o[i],t,typeof e.type!="function"||n&&!e.props.__P);!n&&(o=e.__c)&&(o=o.__z)&&(s=Sn(o,r=[]))&&(o==e.__e&&r.some(qe),qe(s),qe(o)),n||qe(e.__e),e.__e=e.__c=e.__=null}function bu(e,t,n){return this.constructor(e,n)}function Yo(e,t){var n,o,s,r;R.__&&R.__(e,t),t.nodeType==9&&(t=t.documentElement),o=(n=e&&32&e.__u)?null:t.__k,t.__k=Gt(Oe,{children:[e]}),s=[],r=[],Ho(t,t.__k,o||kn,kn,t.namespaceURI,o?null:t.firstChild?Vo.call(t.childNodes):null,s,o?o.__e:t.firstChild,n,r),fr(s,t.__k,r),t.__k.props.children=null}R={__e:function(e,t,n,o){for(var s,r,i;t=t.__;)if((s=t.__c)&&!(1&s.__g)){s.__g|=4;try{if((i=(r=s.constructor)&&r.getDerivedStateFromError)&&s.setState(r.getDerivedStateFromError(e)),s.componentDidCatch&&(s.componentDidCatch(e,o||{}),i=1),i&&8&s.__g)return void(s.__g|=2)}catch(a){e=a}}throw xn=0,e}},or=0,Bo=function(e){return e!=null&&e.constructor===qt},Ke.prototype.setState=function(e,t){var n=this.__s;n&&n!=this.state||(n=this.__s=Ye({},this.state)),typeof e=="function"&&(e=e(Ye({},n),this.props)),e&&(Ye(n,e),this.__v&&(t&&this.__k.push(t),tr(this)))},Ke.prototype.forceUpdate=function(e){this.__v&&(this.__g|=4,e&&this.__h.push(e),tr(this))},Ke.prototype.render=Oe,Ie=[],xn=0,sr=function(e,t){return e.__v.__b-t.__v.__b},wn=Symbol(),rr=/(PointerCapture)$|Capture$/i,Po=0,Uo={},mu=0;var mr=function(e,t,n,o){var s;t[0]=0;for(var r=1;r<t.length;r++){var i=t[r++],a=t[r]?(t[0]|=i?1:2,n[t[r++]]):t[++r];i===3?o[0]=a:i===4?o[1]=Object.assign(o[1]||{},a):i===5?(o[1]=o[1]||{})[t[++r]]=a:i===6?o[1][t[++r]]+=a+"":i?(s=e.apply(a,mr(e,a,n,["",null])),o.push(s),a[0]?t[0]|=2:(t[r-2]=0,t[r]=s)):o.push(a)}return o},pr=new Map;function dr(e){var t=pr.get(this);return t||(t=new Map,pr.set(this,t)),(t=mr(this,t.get(e)||(t.set(e,t=(function(n){for(var o,s,r=1,i="",a="",l=[0],c=function(h){r===1&&(h||(i=i.replace(/^\s*\n\s*|\s*\n\s*$/g,"")))?l.push(0,h,i):r===3&&(h||i)?(l.push(3,h,i),r=2):r===2&&i==="..."&&h?l.push(4,h,0):r===2&&i&&!h?l.push(5,0,!0,i):r>=5&&((i||!h&&r===5)&&(l.push(r,0,i,s),r=6),h&&(l.push(r,h,0,s),r=6)),i=""},f=0;f<n.length;f++){f&&(r===1&&c(),c(f));for(var m=0;m<n[f].length;m++)o=n[f][m],r===1?o==="<"?(c(),l=[l],r=3):i+=o:r===4?i==="--"&&o===">"?(r=1,i=""):i=o+i[0]:a?o===a?a="":i+=o:o==='"'||o==="'"?a=o:o===">"?(c(),r=1):r&&(o==="="?(r=5,s=i,i=""):o==="/"&&(r<5||n[f][m+1]===">")?(c(),r===3&&(l=l[0]),r=l,(l=l[0]).push(2,0,r),r=0):o===" "||o==="	"||o===`
`||o==="\r"?(c(),r=2):i+=o),r===3&&i==="!--"&&(r=4,l=l[0])}return c(),l})(e)),t),arguments,[])).length>1?t:t[0]}var je,j,Ko,hr,jo=Object.is,An=0,xr=[],Xo=[],K=R,vr=K.__b,yr=K.__r,gr=K.diffed,_r=K.__c,br=K.unmount,$r=K.__;function Kt(e,t){K.__h&&K.__h(j,e,An||t),An=0;var n=j.__H||(j.__H={__:[],__h:[]});return e>=n.__.length&&n.__.push({}),n.__[e]}function Zo(e){return An=1,$u(kr,e)}function $u(e,t,n){var o=Kt(je++,2);if(o.t=e,!o.__c&&(o.__=[n?n(t):kr(void 0,t),function(r){var i=(o.__N||o.__)[0],a=o.t(i,r);jo(i,a)||(o.__N=[a,o.__[1]],o.__c.setState({}))}],o.__c=j,!j.__f)){j.__f=!0;var s=j.shouldComponentUpdate;j.shouldComponentUpdate=function(r,i,a){var l=this.__H;if(!l)return!0;var c=!1,f=this.props!=r;if(l.__.some(function(h){h.__N&&(c=!0,jo(h.__[0],h.__N[0])||(f=!0))}),s){var m=s.call(this,r,i,a);return c?m||f:m}return!c||f}}return o.__}function T(e,t){var n=Kt(je++,3);!K.__s&&Jo(n.__H,t)&&(n.__P=!0,n.__=e,n.u=t,j.__H.__h.push(n))}function In(e,t){var n=Kt(je++,4);!K.__s&&Jo(n.__H,t)&&(n.__P=!1,n.__=e,n.u=t,j.__h.push(n))}function Y(e){return An=5,Xe(function(){return{current:e}},[])}function Xe(e,t){var n=Kt(je++,7);return Jo(n.__H,t)&&(n.__=e(),n.__H=t),n.__}function jt(){var e=Kt(je++,11);if(!e.__){for(var t=j.__v;!t.__m&&t.__;)t=t.__;var n=t.__m||(t.__m=[0,0]);e.__="P"+n[0]+"-"+n[1]++}return e.__}function wu(){var e;do{for(;e=Xo.shift();)try{Yt(e)}catch(n){K.__e(n,{__:(e=e.__P)&&e.__v})}for(;e=xr.shift();){var t=e.__H;if(e.__P&&t)try{t.__h.some(Yt),t.__h.some(zo),t.__h=[]}catch(n){t.__h=[],K.__e(n,e.__v)}}}while(Xo.length)}K.__b=function(e){j=null,vr&&vr(e)},K.__=function(e,t){e&&t.__k&&t.__k.__m&&(e.__m=t.__k.__m),$r&&$r(e,t)},K.__r=function(e){yr&&yr(e),je=0;var t=(j=e.__c).__H;t&&(Ko==j?j.__h=[]:(t.__h.some(Yt),t.__h.some(zo),je=0),t.__h=[],t.__.some(function(n){n.__N&&(n.__=n.__N),n.u=n.__N=void 0})),Ko=j},K.diffed=function(e){gr&&gr(e);var t=e.__c;t&&t.__H&&(t.__H.__h.length&&Sr(xr.push(t)),t.__H.__.some(function(n){n.u&&(n.__H=n.u)})),Ko=j=null},K.__c=function(e,t){t.some(function(n){try{n.__h.some(Yt),n.__h=n.__h.filter(function(o){return!o.__||zo(o)})}catch(o){n.__h=[function(){throw o}]}}),_r&&_r(e,t)},K.unmount=function(e){br&&br(e);var t,n,o=e.__c;o&&o.__H&&(o.__H.__.some(function(s){try{if(s.__P&&s.__c){if(n===void 0){for(n=e.__;n&&(!n.__c||!n.__c.__P);)n=n.__;n=n&&n.__c}s.__P=n,Sr(Xo.push(s))}else Yt(s)}catch(r){t=r}}),o.__H=void 0,t&&K.__e(t,o.__v))};var wr=typeof requestAnimationFrame=="function";function Su(e){var t,n=function(){clearTimeout(o),wr&&cancelAnimationFrame(t),setTimeout(e)},o=setTimeout(n,35);wr&&(t=requestAnimationFrame(n))}function Sr(e){e!=1&&hr==K.requestAnimationFrame||((hr=K.requestAnimationFrame)||Su)(wu)}function Yt(e){var t=j,n=e.__c;typeof n=="function"&&(e.__c=void 0,n()),j=t}function zo(e){var t=j;e.__c=e.__(),j=t}function Jo(e,t){return!e||e.length!=t.length||t.some(function(n,o){return!jo(n,e[o])})}function kr(e,t){return typeof t=="function"?t(e):t}var xu=Symbol.for("preact-signals");function Rn(){if(Ee>1)Ee--;else{var e,t=!1;for((function(){var s=On;for(On=void 0;s!==void 0;){var r=s.S;if(r.v===s.v)for(var i=r.t;i!==void 0;i=i.x)i.i===s.i&&(i.i=r.i);s=s.o}})();zt!==void 0;){var n=zt;for(zt=void 0,Tn++;n!==void 0;){var o=n.u;if(n.u=void 0,n.f&=-3,!(8&n.f)&&Nr(n))try{n.c()}catch(s){t||(e=s,t=!0)}n=o}}if(Tn=0,Ee--,t)throw e}}function Ne(e){if(Ee>0)return e();Qo=++ku,Ee++;try{return e()}finally{Rn()}}var Xt,P=void 0;function Ce(e){var t=P,n=Xt;P=void 0,Xt=void 0;try{return e()}finally{P=t,Xt=n}}var zt=void 0,Ee=0,Tn=0,ku=0,Qo=0,On=void 0,Cn=0;function Er(e){if(P!==void 0){var t=e.n;if(t===void 0||t.t!==P)return t={i:0,S:e,p:P.s,n:void 0,t:P,e:void 0,x:void 0,r:t},P.s!==void 0&&(P.s.n=t),P.s=t,e.n=t,32&P.f&&e.S(t),t;if(t.i===-1)return t.i=0,t.n!==void 0&&(t.n.p=t.p,t.p!==void 0&&(t.p.n=t.n),t.p=P.s,t.n=void 0,P.s.n=t,P.s=t),t}}function z(e,t){this.v=e,this.i=0,this.n=void 0,this.t=void 0,this.l=0,this.W=t?.watched,this.Z=t?.unwatched,this.name=t?.name}z.prototype.brand=xu;z.prototype.h=function(){return!0};z.prototype.S=function(e){var t=this,n=this.t;n!==e&&e.e===void 0&&(e.x=n,this.t=e,n!==void 0?n.e=e:Ce(function(){var o;(o=t.W)==null||o.call(t)}))};z.prototype.U=function(e){var t=this;if(this.t!==void 0){var n=e.e,o=e.x;n!==void 0&&(n.x=o,e.e=void 0),o!==void 0&&(o.e=n,e.x=void 0),e===this.t&&(this.t=o,o===void 0&&Ce(function(){var s;(s=t.Z)==null||s.call(t)}))}};z.prototype.subscribe=function(e){var t=this;return Z(function(){var n=t.value;Ce(function(){return e(n)})},{name:"sub"})};z.prototype.valueOf=function(){return this.value};z.prototype.toString=function(){return this.value+""};z.prototype.toJSON=function(){return this.value};z.prototype.peek=function(){var e=this;return Ce(function(){return e.value})};Object.defineProperty(z.prototype,"value",{get:function(){var e=Er(this);return e!==void 0&&(e.i=this.i),this.v},set:function(e){if(e!==this.v){if(Tn>100)throw new Error("Cycle detected");(function(n){Ee!==0&&Tn===0&&n.l!==Qo&&(n.l=Qo,On={S:n,v:n.v,i:n.i,o:On})})(this),this.v=e,this.i++,Cn++,Ee++;try{for(var t=this.t;t!==void 0;t=t.x)t.t.N()}finally{Rn()}}}});function k(e,t){return new z(e,t)}function Nr(e){for(var t=e.s;t!==void 0;t=t.n)if(t.S.i!==t.i||!t.S.h()||t.S.i!==t.i)return!0;return!1}function Ar(e){for(var t=e.s;t!==void 0;t=t.n){var n=t.S.n;if(n!==void 0&&(t.r=n),t.S.n=t,t.i=-1,t.n===void 0){e.s=t;break}}}function Ir(e){for(var t=e.s,n=void 0;t!==void 0;){var o=t.p;t.i===-1?(t.S.U(t),o!==void 0&&(o.n=t.n),t.n!==void 0&&(t.n.p=o)):n=t,t.S.n=t.r,t.r!==void 0&&(t.r=void 0),t=o}e.s=n}function ze(e,t){z.call(this,void 0,t),this.x=e,this.s=void 0,this.g=Cn-1,this.f=4}ze.prototype=new z;ze.prototype.h=function(){if(this.f&=-3,1&this.f)return!1;if((36&this.f)==32||(this.f&=-5,this.g===Cn))return!0;if(this.g=Cn,this.f|=1,this.i>0&&!Nr(this))return this.f&=-2,!0;var e=P;try{Ar(this),P=this;var t=this.x();(16&this.f||this.v!==t||this.i===0)&&(this.v=t,this.f&=-17,this.i++)}catch(n){this.v=n,this.f|=16,this.i++}return P=e,Ir(this),this.f&=-2,!0};ze.prototype.S=function(e){if(this.t===void 0){this.f|=36;for(var t=this.s;t!==void 0;t=t.n)t.S.S(t)}z.prototype.S.call(this,e)};ze.prototype.U=function(e){if(this.t!==void 0&&(z.prototype.U.call(this,e),this.t===void 0)){this.f&=-33;for(var t=this.s;t!==void 0;t=t.n)t.S.U(t)}};ze.prototype.N=function(){if(!(2&this.f)){this.f|=6;for(var e=this.t;e!==void 0;e=e.x)e.t.N()}};Object.defineProperty(ze.prototype,"value",{get:function(){if(1&this.f)throw new Error("Cycle detected");var e=Er(this);if(this.h(),e!==void 0&&(e.i=this.i),16&this.f)throw this.v;return this.v}});function M(e,t){return new ze(e,t)}function Tr(e){var t=e.j;if(e.j=void 0,typeof t=="function"){Ee++;var n=P;P=void 0;try{t()}catch(o){throw e.f&=-2,e.f|=8,es(e),o}finally{P=n,Rn()}}}function es(e){for(var t=e.s;t!==void 0;t=t.n)t.S.U(t);e.x=void 0,e.s=void 0,Tr(e)}function Eu(e){if(P!==this)throw new Error("Out-of-order effect");Ir(this),P=e,this.f&=-2;try{8&this.f&&es(this)}finally{Rn()}}function yt(e,t){this.x=e,this.j=void 0,this.s=void 0,this.u=void 0,this.f=32,this.name=t?.name,Xt&&Xt.push(this)}yt.prototype.c=function(){var e=this.S();try{if(8&this.f||this.x===void 0)return;var t=this.x();typeof t=="function"&&(this.j=t)}finally{e()}};yt.prototype.S=function(){if(1&this.f)throw new Error("Cycle detected");this.f|=1,this.f&=-9,Tr(this),Ar(this),Ee++;var e=P;return P=this,Eu.bind(this,e)};yt.prototype.N=function(){2&this.f||(this.f|=2,this.u=zt,zt=this)};yt.prototype.d=function(){this.f|=8,1&this.f||es(this)};yt.prototype.dispose=function(){this.d()};function Z(e,t){var n=new yt(e,t);try{n.c()}catch(s){throw n.d(),s}var o=n.d.bind(n);return o[Symbol.dispose]=o,o}var Or,Ln,Mn,Nu=typeof window<"u"&&!!window.__PREACT_SIGNALS_DEVTOOLS__;var Cr=[];Z(function(){Or=this.N})();function gt(e,t){R[e]=t.bind(null,R[e]||function(){})}function Zt(e){if(Mn){var t=Mn;Mn=void 0,t()}Mn=e&&e.S()}function Rr(e){var t=this,n=e.data,o=S(n);o.name="ReactiveDom",o.value=n;var s=Xe(function(){for(var a=t,l=t.__v;l=l.__;)if(l.__c){l.__c.__$f|=4;break}var c=M(function(){var p=o.value.value;return p===0?0:p===!0?"":p||""}),f=M(function(){return!Array.isArray(c.value)&&!Bo(c.value)}),m=Z(function(){if(this.N=Mr,f.value){var p=c.value;a.__v&&a.__v.__e&&a.__v.__e.nodeType===3&&(a.__v.__e.data=p)}}),h=t.__$u.d;return t.__$u.d=function(){m(),h.call(this)},[f,c]},[]),r=s[0],i=s[1];return r.value?i.peek():i.value}Rr.displayName="ReactiveTextNode";Object.defineProperties(z.prototype,{constructor:{configurable:!0,value:Nn(Oe,null).constructor},type:{configurable:!0,value:Rr},props:{configurable:!0,get:function(){var e=this;return{data:{get value(){return e.value}}}}},__b:{configurable:!0,value:1}});gt("__b",function(e,t){if(Zt(),Ln=void 0,typeof t.type=="string"){var n,o=t.props;for(var s in o)if(s!=="children"){var r=o[s];r instanceof z&&(n||(t.__np=n={}),n[s]=r,o[s]=r.peek())}}e(t)});gt("__r",function(e,t){if(e(t),t.type!==Oe){Zt();var n,o=t.__c;o&&(o.__$f&=-2,(n=o.__$u)===void 0&&(o.__$u=n=(function(s,r){var i;return Z(function(){i=this},{name:r}),i.c=s,i})((function(s){return function(){var r;Nu&&((r=this.y)==null||r.call(this)),s.__$f|=1,s.setState({})}})(o),typeof t.type=="function"?t.type.displayName||t.type.name:""))),Ln=o,Zt(n)}});gt("__e",function(e,t,n,o){Zt(),Ln=void 0,e(t,n,o)});gt("diffed",function(e,t){Zt(),Ln=void 0;var n;if(typeof t.type=="string"&&(n=t.__e)){var o=t.__np,s=t.props,r=n.U;if(r)for(var i in r){var a=r[i];a===void 0||o&&i in o||(a.d(),r[i]=void 0)}if(o){r||(r={},n.U=r);for(var l in o){var c=r[l],f=o[l];c===void 0?(c=Au(n,l,f,s),r[l]=c):c.o(f,s)}}}e(t)});function Au(e,t,n,o){var s=t in e&&e.ownerSVGElement===void 0,r=k(n);return{o:function(i,a){r.value=i,o=a},d:Z(function(){this.N=Mr;var i=r.value.value;o[t]!==i&&(o[t]=i,s?e[t]=i:i!=null&&(i!==!1||t[4]==="-")?e.setAttribute(t,i):e.removeAttribute(t))})}}gt("unmount",function(e,t){if(typeof t.type=="string"){var n=t.__e;if(n){var o=n.U;if(o){n.U=void 0;for(var s in o){var r=o[s];r&&r.d()}}}var i=t.__np;if(i){var a=t.props;for(var l in i)a[l]=i[l]}t.__np=void 0}else{var c=t.__c;if(c){c.__$f|=8;var f=c.__$u;f&&(c.__$u=void 0,f.d())}}e(t)});gt("__h",function(e,t,n,o){o<3&&(t.__$f|=2),e(t,n,o)});Ke.prototype.shouldComponentUpdate=function(e,t){if(this.__R)return!0;var n=this.__$u,o=n&&n.s!==void 0;for(var s in t)return!0;if(this.__f||typeof this.u=="boolean"&&this.u===!0){var r=2&this.__$f;if(!(o||r||4&this.__$f)||1&this.__$f)return!0}else if(!(o||4&this.__$f)||3&this.__$f)return!0;for(var i in e)if(i!=="__source"&&e[i]!==this.props[i])return!0;for(var a in this.props)if(!(a in e))return!0;return!1};function S(e,t){return Xe(function(){return k(e,t)},[])}var Iu=function(e){queueMicrotask(function(){queueMicrotask(e)})};function Tu(){Ne(function(){for(var e;e=Cr.shift();)Or.call(e)})}function Mr(){Cr.push(this)===1&&(R.requestAnimationFrame||Iu)(Tu)}function ts(e,t){return e!==null&&typeof e=="object"&&"$typeName"in e&&typeof e.$typeName=="string"?t===void 0?!0:t.typeName===e.$typeName:!1}var _;(function(e){e[e.DOUBLE=1]="DOUBLE",e[e.FLOAT=2]="FLOAT",e[e.INT64=3]="INT64",e[e.UINT64=4]="UINT64",e[e.INT32=5]="INT32",e[e.FIXED64=6]="FIXED64",e[e.FIXED32=7]="FIXED32",e[e.BOOL=8]="BOOL",e[e.STRING=9]="STRING",e[e.BYTES=12]="BYTES",e[e.UINT32=13]="UINT32",e[e.SFIXED32=15]="SFIXED32",e[e.SFIXED64=16]="SFIXED64",e[e.SINT32=17]="SINT32",e[e.SINT64=18]="SINT64"})(_||(_={}));function Dr(){let e=this.buf,t=this.pos,n=0,o=0;for(let r=0;r<28;r+=7){let i=e[t++];if(n|=(i&127)<<r,(i&128)==0){this.pos=t,this.assertBounds(),this.varint64Lo=n,this.varint64Hi=o;return}}let s=e[t++];if(n|=(s&15)<<28,o=(s&112)>>4,(s&128)==0){this.pos=t,this.assertBounds(),this.varint64Lo=n,this.varint64Hi=o;return}for(let r=3;r<=31;r+=7){let i=e[t++];if(o|=(i&127)<<r,(i&128)==0){this.pos=t,this.assertBounds(),this.varint64Lo=n,this.varint64Hi=o;return}}throw new Error("invalid varint")}var Dn=4294967296;function ns(e){let t=e[0]==="-";t&&(e=e.slice(1));let n=1e6,o=0,s=0;function r(i,a){let l=Number(e.slice(i,a));s*=n,o=o*n+l,o>=Dn&&(s=s+(o/Dn|0),o=o%Dn)}return r(-24,-18),r(-18,-12),r(-12,-6),r(-6),t?Ur(o,s):ss(o,s)}function Fr(e,t){let n=ss(e,t),o=n.hi&2147483648;o&&(n=Ur(n.lo,n.hi));let s=os(n.lo,n.hi);return o?"-"+s:s}function os(e,t){if({lo:e,hi:t}=Ou(e,t),t<=2097151)return String(Dn*t+e);let n=e&16777215,o=(e>>>24|t<<8)&16777215,s=t>>16&65535,r=n+o*6777216+s*6710656,i=o+s*8147497,a=s*2,l=1e7;return r>=l&&(i+=Math.floor(r/l),r%=l),i>=l&&(a+=Math.floor(i/l),i%=l),a.toString()+Lr(i)+Lr(r)}function Ou(e,t){return{lo:e>>>0,hi:t>>>0}}function ss(e,t){return{lo:e|0,hi:t|0}}function Ur(e,t){return t=~t,e?e=~e+1:t+=1,ss(e,t)}var Lr=e=>{let t=String(e);return"0000000".slice(t.length)+t};function Br(e,t){if(e>>>0<128){t.push(e);return}if(e>=0){for(;e>127;)t.push(e&127|128),e=e>>>7;t.push(e)}else{for(let n=0;n<9;n++)t.push(e&127|128),e=e>>7;t.push(1)}}function Pr(){let e=this.buf[this.pos++];if((e&128)===0)return this.assertBounds(),e;let t=e&127;if(e=this.buf[this.pos++],t|=(e&127)<<7,(e&128)===0)return this.assertBounds(),t;if(e=this.buf[this.pos++],t|=(e&127)<<14,(e&128)===0)return this.assertBounds(),t;if(e=this.buf[this.pos++],t|=(e&127)<<21,(e&128)===0)return this.assertBounds(),t;e=this.buf[this.pos++],t|=(e&15)<<28;for(let n=5;(e&128)!==0&&n<10;n++)e=this.buf[this.pos++];if((e&128)!==0)throw new Error("invalid varint");return this.assertBounds(),t>>>0}var oe=Cu();function Cu(){let e=new DataView(new ArrayBuffer(8));if(typeof BigInt=="function"&&typeof e.getBigInt64=="function"&&typeof e.getBigUint64=="function"&&typeof e.setBigInt64=="function"&&typeof e.setBigUint64=="function"&&(!!globalThis.Deno||!!globalThis.Bun||typeof process!="object"||typeof process.env!="object"||process.env.BUF_BIGINT_DISABLE!=="1")){let n=BigInt("-9223372036854775808"),o=BigInt("9223372036854775807"),s=BigInt("0"),r=BigInt("18446744073709551615");return{zero:BigInt(0),supported:!0,parse(i){let a=typeof i=="bigint"?i:BigInt(i);if(a>o||a<n)throw new Error(`invalid int64: ${i}`);return a},uParse(i){let a=typeof i=="bigint"?i:BigInt(i);if(a>r||a<s)throw new Error(`invalid uint64: ${i}`);return a},enc(i){return e.setBigInt64(0,this.parse(i),!0),{lo:e.getInt32(0,!0),hi:e.getInt32(4,!0)}},uEnc(i){return e.setBigInt64(0,this.uParse(i),!0),{lo:e.getInt32(0,!0),hi:e.getInt32(4,!0)}},dec(i,a){return e.setInt32(0,i,!0),e.setInt32(4,a,!0),e.getBigInt64(0,!0)},uDec(i,a){return e.setInt32(0,i,!0),e.setInt32(4,a,!0),e.getBigUint64(0,!0)}}}return{zero:"0",supported:!1,parse(n){return typeof n!="string"&&(n=n.toString()),Wr(n),n},uParse(n){return typeof n!="string"&&(n=n.toString()),Vr(n),n},enc(n){return typeof n!="string"&&(n=n.toString()),Wr(n),ns(n)},uEnc(n){return typeof n!="string"&&(n=n.toString()),Vr(n),ns(n)},dec(n,o){return Fr(n,o)},uDec(n,o){return os(n,o)}}}function Wr(e){if(!/^-?[0-9]+$/.test(e))throw new Error("invalid int64: "+e)}function Vr(e){if(!/^[0-9]+$/.test(e))throw new Error("invalid uint64: "+e)}function Jt(e,t){switch(e){case _.STRING:return"";case _.BOOL:return!1;case _.DOUBLE:case _.FLOAT:return 0;case _.INT64:case _.UINT64:case _.SFIXED64:case _.FIXED64:case _.SINT64:return t?"0":oe.zero;case _.BYTES:return new Uint8Array(0);default:return 0}}function Ze(e,t,n){t==="__proto__"?Object.defineProperty(e,"__proto__",{value:n,writable:!0,enumerable:!0,configurable:!0}):e[t]=n}function Qt(e){return e!==null&&typeof e=="object"&&!Array.isArray(e)}function Fn(e){let t=e.fields[0];return Mu(e.typeName)&&t!==void 0&&t.fieldKind=="scalar"&&t.name=="value"&&t.number==1}var Ru=new Set(["google.protobuf.DoubleValue","google.protobuf.FloatValue","google.protobuf.Int64Value","google.protobuf.UInt64Value","google.protobuf.Int32Value","google.protobuf.UInt32Value","google.protobuf.BoolValue","google.protobuf.StringValue","google.protobuf.BytesValue"]);function Mu(e){return Ru.has(e)}var Lu=999,Du=998,Gr=2;function he(e,t){return ts(t,e)?t:qr(e)(t)}var Hr=new WeakMap;function qr(e){let t=Hr.get(e);return t===void 0&&(t=Fu(e),Hr.set(e,t)),t}var rs=0,Yr=1,Kr=2,jr=3;function Fu(e){let t=e.typeName,{properties:n,prototype:o}=Uu(e);return s=>{let r;o!==void 0?(r=Object.create(o),r.$typeName=t):r={$typeName:t};for(let i=0;i<n.length;i++){let a=n[i],l=a.name,c=s?.[l];switch(a.kind){case rs:c!=null?r[l]=a.convert!==void 0?a.convert(c):c:a.constant!==void 0&&(r[l]=a.constant);break;case Yr:r[l]=a.convert!==void 0&&Array.isArray(c)?c.map(a.convert):c??[];break;case Kr:if(a.convert===void 0||!Qt(c))r[l]=c??{};else{let f={},m=Object.keys(c);for(let h=0;h<m.length;h++)Ze(f,m[h],a.convert(c[m[h]]));r[l]=f}break;case jr:{let f=c;if(f?.case!=null){let m=a.convert.get(f.case);if(m!==void 0){r[l]={case:f.case,value:m(f.value)};break}}r[l]={case:void 0};break}}}return r}}function Uu(e){var t,n;let o=[],s={},r=Pu(e);for(let i of e.members){let a=i.localName;if(i.kind=="oneof"){o.push({name:a,kind:jr,constant:void 0,convert:Bu(i)});continue}switch(i.fieldKind){case"message":{o.push({name:a,kind:rs,constant:void 0,convert:Un(i)});break}case"list":{o.push({name:a,kind:Yr,constant:void 0,convert:i.listKind=="message"?(t=Un(i))!==null&&t!==void 0?t:(l=>l):i.scalar==_.BYTES?en:void 0});break}case"map":{o.push({name:a,kind:Kr,constant:void 0,convert:i.mapKind=="message"?(n=Un(i))!==null&&n!==void 0?n:(l=>l):i.scalar==_.BYTES?en:void 0});break}default:{let l=Wu(i);o.push({name:a,kind:rs,constant:i.presence==Gr?l:void 0,convert:i.fieldKind=="scalar"&&i.scalar==_.BYTES?en:void 0}),r&&(s[a]=l);break}}}return{properties:o,prototype:r?s:void 0}}function Bu(e){let t=new Map;for(let n of e.fields){let o;n.fieldKind=="message"?o=Un(n):n.fieldKind=="scalar"&&n.scalar==_.BYTES&&(o=en),t.set(n.localName,o??(s=>s))}return t}function Un(e){if(e.fieldKind=="message"&&!e.oneof&&Fn(e.message))return e.message.fields[0].scalar==_.BYTES?en:void 0;if(e.message.typeName=="google.protobuf.Struct"&&e.parent.typeName!=="google.protobuf.Value")return;let t=e.message,n;return o=>!Qt(o)||ts(o,t)?o:(n??(n=qr(t)),n(o))}function en(e){return Array.isArray(e)?new Uint8Array(e):e}function Pu(e){switch(e.file.edition){case Lu:return!1;case Du:return!0;default:return e.fields.some(t=>t.presence!=Gr&&t.fieldKind!="message"&&!t.oneof)}}function Wu(e){let t=e.getDefaultValue();return t!==void 0?e.fieldKind=="scalar"&&e.longAsString?t.toString():t:e.fieldKind=="scalar"?Jt(e.scalar,e.longAsString):e.enum.values[0].number}var Bn=class extends Error{constructor(t,n,o="FieldValueInvalidError"){super(n),this.name=o,this.field=()=>t}};var is;function Vu(e){var t;is=Object.assign(Object.assign({},e),{encodeUtf8Into:(t=e.encodeUtf8Into)!==null&&t!==void 0?t:us(e.encodeUtf8.bind(e))})}function as(){if(!is){let e=globalThis;if(!e.TextEncoder||!e.TextDecoder)throw new Error("encoding API missing: install TextEncoder and TextDecoder on globalThis");let t=new e.TextEncoder,n=new e.TextDecoder("utf-8",{ignoreBOM:!0}),o,s={encodeUtf8(i){return t.encode(i)},decodeUtf8(i,a){return a?(o||(o=new e.TextDecoder("utf-8",{fatal:!0,ignoreBOM:!0})),o.decode(i)):n.decode(i)},checkUtf8(i){try{return encodeURIComponent(i),!0}catch{return!1}}};t.encodeInto&&(s.encodeUtf8Into=t.encodeInto.bind(t));let r=String.prototype.isWellFormed;r&&(s.checkUtf8=i=>r.call(i)),Vu(s)}return is}function us(e){return(t,n)=>{let o=e(t);return n.set(o),{written:o.byteLength}}}var W;(function(e){e[e.Varint=0]="Varint",e[e.Bit64=1]="Bit64",e[e.LengthDelimited=2]="LengthDelimited",e[e.StartGroup=3]="StartGroup",e[e.EndGroup=4]="EndGroup",e[e.Bit32=5]="Bit32"})(W||(W={}));var Hu=4294967295,Gu=2147483647,qu=-2147483648,Pn=class{constructor(t){this.stackPos=[],this.encodeUtf8Into=t?us(t):as().encodeUtf8Into,this.buffer=zr,this.viewCache=Ku,this.pos=0}ensureCapacity(t){let n=this.pos+t;if(n>this.buffer.length){let o=this.buffer.length||Yu;for(;o<n;)o*=2;let s=new Uint8Array(o);this.pos>0&&s.set(this.buffer),this.buffer=s}}view(){let t=this.buffer,n=this.viewCache;if(n.byteLength===t.byteLength)return n;let o=new DataView(t.buffer);return this.viewCache=o,o}finish(){let t=this.buffer.slice(0,this.pos);return this.pos=0,this.stackPos=[],t}fork(){return this.stackPos.push(this.pos),this.ensureCapacity(tn),this.buffer[this.pos++]=0,this}join(){let t=this.stackPos.pop();if(t===void 0)throw new Error("invalid state, fork stack empty");let n=this.pos-t-tn,o=ls(n);return o>tn&&(this.ensureCapacity(o-tn),this.buffer.copyWithin(t+o,t+tn,this.pos)),this.pos=t,this.uint32(n),this.pos+=n,this}tag(t,n){return this.uint32((t<<3|n)>>>0)}raw(t){return this.ensureCapacity(t.length),this.buffer.set(t,this.pos),this.pos+=t.length,this}uint32(t){if(Xr(t),this.ensureCapacity(5),t<128)return this.buffer[this.pos++]=t,this;for(;t>127;)this.buffer[this.pos++]=t&127|128,t>>>=7;return this.buffer[this.pos++]=t,this}int32(t){if(cs(t),t>=0)return this.uint32(t);this.ensureCapacity(10);for(let n=0;n<9;n++)this.buffer[this.pos++]=t&127|128,t>>=7;return this.buffer[this.pos++]=1,this}bool(t){return this.ensureCapacity(1),this.buffer[this.pos++]=t?1:0,this}bytes(t){return this.uint32(t.byteLength),this.raw(t)}string(t){typeof t!="string"&&(t=String(t));let n=t.length;if(n<=Zr){this.ensureCapacity(n+1);let l=this.buffer,c=this.pos;l[c++]=n;let f=0;for(;f<n;f++){let m=t.charCodeAt(f);if(m>127)break;l[c++]=m}if(f==n)return this.pos=c,this}this.ensureCapacity(n*3+5);let o=ls(n),s=this.buffer,r=this.pos,{written:i}=this.encodeUtf8Into(t,s.subarray(r+o)),a=ls(i);return a!=o&&s.copyWithin(r+a,r+o,r+o+i),this.uint32(i),this.pos+=i,this}float(t){return ju(t),this.ensureCapacity(4),this.view().setFloat32(this.pos,t,!0),this.pos+=4,this}double(t){return this.ensureCapacity(8),this.view().setFloat64(this.pos,t,!0),this.pos+=8,this}fixed32(t){return Xr(t),this.ensureCapacity(4),this.view().setUint32(this.pos,t,!0),this.pos+=4,this}sfixed32(t){return cs(t),this.ensureCapacity(4),this.view().setInt32(this.pos,t,!0),this.pos+=4,this}sint32(t){return cs(t),this.uint32((t<<1^t>>31)>>>0)}sfixed64(t){let n=oe.enc(t);this.ensureCapacity(8);let o=this.view();return o.setInt32(this.pos,n.lo,!0),o.setInt32(this.pos+4,n.hi,!0),this.pos+=8,this}fixed64(t){let n=oe.uEnc(t);this.ensureCapacity(8);let o=this.view();return o.setInt32(this.pos,n.lo,!0),o.setInt32(this.pos+4,n.hi,!0),this.pos+=8,this}int64(t){let n=oe.enc(t);return this.writeVarint64(n.lo,n.hi)}sint64(t){let n=oe.enc(t),o=n.hi>>31,s=n.lo<<1^o,r=(n.hi<<1|n.lo>>>31)^o;return this.writeVarint64(s,r)}uint64(t){let n=oe.uEnc(t);return this.writeVarint64(n.lo,n.hi)}writeVarint64(t,n){this.ensureCapacity(10);let o=this.buffer,s=this.pos;for(let a=0;a<28;a=a+7){let l=t>>>a,c=!(!(l>>>7)&&n==0);if(o[s++]=(c?l|128:l)&255,!c)return this.pos=s,this}let r=t>>>28&15|(n&7)<<4,i=n>>3!=0;if(o[s++]=(i?r|128:r)&255,!i)return this.pos=s,this;for(let a=3;a<31;a=a+7){let l=n>>>a,c=!!(l>>>7);if(o[s++]=(c?l|128:l)&255,!c)return this.pos=s,this}return o[s++]=n>>>31&1,this.pos=s,this}},Yu=128,tn=1,zr=new Uint8Array(0),Ku=new DataView(zr.buffer),Zr=32;function ls(e){return e<128?1:e<16384?2:e<2097152?3:e<268435456?4:5}var Wn=class{constructor(t,n=as().decodeUtf8){this.decodeUtf8=n,this.varint64Lo=0,this.varint64Hi=0,this.varint64=Dr,this.uint32=Pr,this.buf=t,this.len=t.length,this.pos=0,this.view=new DataView(t.buffer,t.byteOffset,t.byteLength)}tag(){let t=this.pos,n=this.uint32(),o=this.pos-t;if(o>5||o==5&&this.buf[this.pos-1]>15)throw new Error("illegal tag: varint overflows uint32");let s=n>>>3,r=n&7;if(s<=0||r>5)throw new Error("illegal tag: field no "+s+" wire type "+r);return[s,r]}skip(t,n,o=100){let s=this.pos;switch(t){case W.Varint:for(;this.buf[this.pos++]&128;);break;case W.Bit64:this.pos+=4;case W.Bit32:this.pos+=4;break;case W.LengthDelimited:let r=this.uint32();this.pos+=r;break;case W.StartGroup:if(o<=0)throw new Error("maximum recursion depth reached");for(;;){let[i,a]=this.tag();if(a===W.EndGroup){if(n!==void 0&&i!==n)throw new Error("invalid end group tag");break}this.skip(a,i,o-1)}break;default:throw new Error("cant skip wire type "+t)}return this.assertBounds(),this.buf.subarray(s,this.pos)}assertBounds(){if(this.pos>this.len)throw new RangeError("premature EOF")}int32(){return this.uint32()|0}sint32(){let t=this.uint32();return t>>>1^-(t&1)}int64(){return this.varint64(),oe.dec(this.varint64Lo,this.varint64Hi)}uint64(){return this.varint64(),oe.uDec(this.varint64Lo,this.varint64Hi)}sint64(){this.varint64();let t=this.varint64Lo,n=this.varint64Hi,o=-(t&1);return t=(t>>>1|(n&1)<<31)^o,n=n>>>1^o,oe.dec(t,n)}bool(){let t=this.buf[this.pos];return t<128?(this.pos++,t!==0):(this.varint64(),this.varint64Lo!==0||this.varint64Hi!==0)}fixed32(){return this.view.getUint32((this.pos+=4)-4,!0)}sfixed32(){return this.view.getInt32((this.pos+=4)-4,!0)}fixed64(){return oe.uDec(this.sfixed32(),this.sfixed32())}sfixed64(){return oe.dec(this.sfixed32(),this.sfixed32())}float(){return this.view.getFloat32((this.pos+=4)-4,!0)}double(){return this.view.getFloat64((this.pos+=8)-8,!0)}bytes(){let t=this.uint32(),n=this.pos;return this.pos+=t,this.assertBounds(),this.buf.subarray(n,n+t)}string(t){let n=this.uint32(),o=this.pos;this.pos+=n,this.assertBounds();let s=this.buf;if(n<=Zr){let r=new Array(n);for(let i=0;i<n;i++){let a=s[o+i];if(a>127)return this.decodeUtf8(s.subarray(o,this.pos),t);r[i]=a}return String.fromCharCode.apply(String,r)}return this.decodeUtf8(s.subarray(o,this.pos),t)}};function cs(e){if(typeof e=="string")e=Number(e);else if(typeof e!="number")throw new Error("invalid int32: "+typeof e);if(!Number.isInteger(e)||e>Gu||e<qu)throw new Error("invalid int32: "+e)}function Xr(e){if(typeof e=="string")e=Number(e);else if(typeof e!="number")throw new Error("invalid uint32: "+typeof e);if(!Number.isInteger(e)||e>Hu||e<0)throw new Error("invalid uint32: "+e)}function ju(e){if(typeof e=="string"){let t=e;if(e=Number(e),Number.isNaN(e)&&t!=="NaN")throw new Error("invalid float32: "+t)}else if(typeof e!="number")throw new Error("invalid float32: "+typeof e);if(!Number.isFinite(Math.fround(e))&&Number.isFinite(e))throw new Error("invalid float32: "+e)}var Xu=0;function Re(e){if(zu(e))return{toMessage:n=>Jr(n),toLocal:n=>Qr(n)};if(e.fieldKind=="message"&&!e.oneof&&Fn(e.message)){let n=e.message,o=n.fields[0].localName;return{toMessage:s=>{let r=he(n);return s!==void 0&&(r[o]=s),r},toLocal:s=>s[o]}}let t=e.message;return{toMessage:n=>n===void 0?he(t):n,toLocal:n=>n}}function zu(e){return e.message.typeName=="google.protobuf.Struct"&&e.parent.typeName!="google.protobuf.Value"}function Jr(e){let t={$typeName:"google.protobuf.Struct",fields:{}};if(Qt(e))for(let n of Object.keys(e))Ze(t.fields,n,ti(e[n]));return t}function Qr(e){let t={};for(let n of Object.keys(e.fields))Ze(t,n,ei(e.fields[n]));return t}function ei(e){switch(e.kind.case){case"structValue":return Qr(e.kind.value);case"listValue":return e.kind.value.values.map(ei);case"nullValue":case void 0:return null;default:return e.kind.value}}function ti(e){let t={$typeName:"google.protobuf.Value",kind:{case:void 0}};switch(typeof e){case"number":t.kind={case:"numberValue",value:e};break;case"string":t.kind={case:"stringValue",value:e};break;case"boolean":t.kind={case:"boolValue",value:e};break;case"object":if(e===null)t.kind={case:"nullValue",value:Xu};else if(Array.isArray(e)){let n={$typeName:"google.protobuf.ListValue",values:[]};if(Array.isArray(e))for(let o of e)n.values.push(ti(o));t.kind={case:"listValue",value:n}}else t.kind={case:"structValue",value:Jr(e)};break}return t}function*Vn(e){switch(e.kind){case"file":for(let t of e.messages)yield t,yield*Vn(t);yield*e.enums,yield*e.services,yield*e.extensions;break;case"message":for(let t of e.nestedMessages)yield t,yield*Vn(t);yield*e.nestedEnums,yield*e.nestedExtensions;break}}function nn(e,t,...n){return n.reduce((o,s)=>o.nestedMessages[s],e.messages[t])}function on(e,t,...n){if(n.length==0)return e.enums[t];let o=n.pop();return n.reduce((s,r)=>s.nestedMessages[r],e.messages[t]).nestedEnums[o]}function sn(e){let t={};for(let n of e.values)t[n.localName]=n.number,t[n.number]=n.localName;return t}function Zu(e){return Object.assign(Object.assign({readUnknownFields:!0,recursionLimit:100},e),{depth:0})}function Gn(e,t,n){let o=he(e);return fs(e).read(o,new Wn(t),Zu(n),t.byteLength),o}var ni=new WeakMap;function fs(e){let t=ni.get(e);return t===void 0&&(t=Ju(e)),t}function Ju(e){let t=String(e),n=new Map,o={read:Qu(t,n),readGroup:el(t,n)};ni.set(e,o);for(let s of e.fields)n.set(s.number,tl(s));return o}function Qu(e,t){return(n,o,s,r)=>{var i;if(++s.depth>s.recursionLimit)throw new Error(`cannot decode ${e} from binary: maximum recursion depth of ${s.recursionLimit} reached`);let a=o.pos+r,l=(i=n.$unknown)!==null&&i!==void 0?i:[];for(;o.pos<a;){let[c,f]=o.tag(),m=t.get(c);if(m===void 0){let h=o.skip(f,c,s.recursionLimit-s.depth);s.readUnknownFields&&l.push({no:c,wireType:f,data:h});continue}m(n,o,s,f)}l.length>0&&(n.$unknown=l),s.depth--}}function el(e,t){return(n,o,s,r)=>{var i;if(++s.depth>s.recursionLimit)throw new Error(`cannot decode ${e} from binary: maximum recursion depth of ${s.recursionLimit} reached`);let a,l,c=(i=n.$unknown)!==null&&i!==void 0?i:[];for(;o.pos<o.len&&([a,l]=o.tag(),l!=W.EndGroup);){let f=t.get(a);if(f===void 0){let m=o.skip(l,a,s.recursionLimit-s.depth);s.readUnknownFields&&c.push({no:a,wireType:l,data:m});continue}f(n,o,s,l)}if(l!=W.EndGroup||a!==r)throw new Error("invalid end group tag");c.length>0&&(n.$unknown=c),s.depth--}}function tl(e){switch(e.fieldKind){case"scalar":return nl(e);case"enum":return ol(e);case"message":return sl(e);case"list":return rl(e);case"map":return il(e)}}function nl(e){let t=Hn(e.scalar,e.utf8Validation,e.longAsString),n=e.localName;if(e.oneof){let o=e.oneof.localName;return(s,r)=>{s[o]={case:n,value:t(r)}}}return(o,s)=>{o[n]=t(s)}}function ol(e){var t;let n=e.localName,o=(t=e.oneof)===null||t===void 0?void 0:t.localName;if(e.enum.open)return o!==void 0?(i,a)=>{i[o]={case:n,value:a.int32()}}:(i,a)=>{i[n]=a.int32()};let s=e.enum.values,r=e.number;return(i,a,l,c)=>{var f;let m=a.int32();if(s.some(h=>h.number===m))o!==void 0?i[o]={case:n,value:m}:i[n]=m;else if(l.readUnknownFields){let h=[];Br(m,h);let p=(f=i.$unknown)!==null&&f!==void 0?f:[];p.push({no:r,wireType:c,data:new Uint8Array(h)}),i.$unknown=p}}}function sl(e){let t=e.localName,{toMessage:n,toLocal:o}=Re(e),s=oi(e);if(e.oneof){let r=e.oneof.localName;return(i,a,l)=>{let c=i[r],f=n(c.case===t?c.value:void 0);s(f,a,l),i[r]={case:t,value:o(f)}}}return(r,i,a)=>{let l=n(r[t]);s(l,i,a),r[t]=o(l)}}function oi(e){let t=fs(e.message);if(e.delimitedEncoding){let n=e.number;return(o,s,r)=>t.readGroup(o,s,r,n)}return(n,o,s)=>t.read(n,o,s,o.uint32())}function rl(e){let t=e.localName;if(e.listKind=="message"){let{toMessage:i,toLocal:a}=Re(e),l=oi(e);return(c,f,m)=>{let h=i(void 0);l(h,f,m),c[t].push(a(h))}}let n=e.listKind=="enum"?_.INT32:e.scalar,o=e.listKind=="scalar"?e.longAsString:!1,s=Hn(n,e.utf8Validation,o),r=n!=_.STRING&&n!=_.BYTES;return(i,a,l,c)=>{let f=i[t];if(c==W.LengthDelimited&&r){let m=a.uint32()+a.pos;for(;a.pos<m;)f.push(s(a))}else f.push(s(a))}}function il(e){let t=e.localName,n=Hn(e.mapKey,e.utf8Validation,!1),o=Jt(e.mapKey,!1),s,r;switch(e.mapKind){case"scalar":{let i=e.scalar,a=Hn(i,e.utf8Validation,!1);if(s=l=>a(l),i==_.BYTES)r=()=>new Uint8Array(0);else{let l=Jt(i,!1);r=()=>l}break}case"enum":{let i=e.enum.values[0].number;s=a=>a.int32(),r=()=>i;break}case"message":{let{toMessage:i,toLocal:a}=Re(e),l=fs(e.message).read;s=(c,f,m)=>{let h=i(m);return l(h,c,f,c.uint32()),a(h)},r=()=>a(i(void 0));break}}return(i,a,l)=>{let c=i[t],f,m,h=a.uint32(),p=a.pos+h;for(;a.pos<p;){let[g,$]=a.tag();switch(g){case 1:f=n(a);break;case 2:m=s(a,l,m);break;default:a.skip($,g,l.recursionLimit-l.depth)}}f===void 0&&(f=o),m===void 0&&(m=r()),Ze(c,f,m)}}function Hn(e,t,n){switch(e){case _.STRING:return o=>o.string(t);case _.BOOL:return o=>o.bool();case _.DOUBLE:return o=>o.double();case _.FLOAT:return o=>o.float();case _.INT32:return o=>o.int32();case _.INT64:return n?o=>String(o.int64()):o=>o.int64();case _.UINT64:return n?o=>String(o.uint64()):o=>o.uint64();case _.FIXED64:return n?o=>String(o.fixed64()):o=>o.fixed64();case _.BYTES:return o=>o.bytes();case _.FIXED32:return o=>o.fixed32();case _.SFIXED32:return o=>o.sfixed32();case _.SFIXED64:return n?o=>String(o.sfixed64()):o=>o.sfixed64();case _.SINT64:return n?o=>String(o.sint64()):o=>o.sint64();case _.UINT32:return o=>o.uint32();case _.SINT32:return o=>o.sint32()}}var al=2,ul=3,si={writeUnknownFields:!0};function ll(e){return e?Object.assign(Object.assign({},si),e):si}function qn(e,t,n){let o=new Pn;return ps(e)(o,ll(n),t),o.finish()}var ri=new WeakMap;function ps(e){let t=ri.get(e);return t===void 0&&(t=cl(e)),t}function cl(e){let t=e.typeName,n=e.fields.concat().sort((i,a)=>i.number-a.number),o=n[0],s=[],r=(i,a,l)=>{if(l.$typeName!==t&&o!==void 0)throw new Bn(o,`cannot use ${o} with message ${l.$typeName}`,"ForeignFieldError");for(let f=0;f<s.length;f++)s[f](i,a,l);let c=l.$unknown;if(c!==void 0&&a.writeUnknownFields)for(let f=0;f<c.length;f++){let{no:m,wireType:h,data:p}=c[f];i.tag(m,h).raw(p)}};ri.set(e,r);for(let i of n)s.push(fl(i));return r}function fl(e){switch(e.fieldKind){case"message":case"scalar":case"enum":return pl(e);case"list":return dl(e);case"map":return hl(e)}}function pl(e){let t=ml(e),n=e.localName;if(e.oneof){let o=e.oneof.localName;return(s,r,i)=>{let a=i[o];a.case===n&&t(s,r,a.value)}}if(e.presence!=al){let o=e.presence==ul?`cannot encode ${e} to binary: required field not set`:void 0;return(s,r,i)=>{let a=i[n];if(a!==void 0&&Object.prototype.hasOwnProperty.call(i,n))t(s,r,a);else if(o!==void 0)throw new Error(o)}}if(e.fieldKind=="enum"){let o=e.enum.values[0].number;return(s,r,i)=>{let a=i[n];a!==o&&t(s,r,a)}}switch(e.scalar){case _.BOOL:return(o,s,r)=>{let i=r[n];i!==!1&&t(o,s,i)};case _.STRING:return(o,s,r)=>{let i=r[n];i!==""&&t(o,s,i)};case _.BYTES:return(o,s,r)=>{let i=r[n];(!(i instanceof Uint8Array)||i.byteLength>0)&&t(o,s,i)};case _.DOUBLE:case _.FLOAT:return(o,s,r)=>{let i=r[n];Object.is(i,0)||t(o,s,i)};default:return(o,s,r)=>{let i=r[n];i!=0&&t(o,s,i)}}}function ml(e){switch(e.fieldKind){case"message":{let{toMessage:t}=Re(e),n=ii(e);return(o,s,r)=>{n(o,s,t(r))}}case"scalar":case"enum":{let t=e.fieldKind=="enum"?_.INT32:e.scalar,n=e.number,o=Kn(t),s=Yn(t,e.parent.typeName,e.name);return(r,i,a)=>{r.tag(n,o),s(r,a)}}}}function dl(e){let t=e.localName,n=e.number;switch(e.listKind){case"message":{let{toMessage:o}=Re(e),s=ii(e);return(r,i,a)=>{let l=a[t];for(let c=0;c<l.length;c++)s(r,i,o(l[c]))}}case"scalar":case"enum":{let o=e.listKind=="enum"?_.INT32:e.scalar,s=Yn(o,e.parent.typeName,e.name);if(e.packed)return(i,a,l)=>{let c=l[t];if(c.length!=0){i.tag(n,W.LengthDelimited).fork();for(let f=0;f<c.length;f++)s(i,c[f]);i.join()}};let r=Kn(o);return(i,a,l)=>{let c=l[t];for(let f=0;f<c.length;f++)i.tag(n,r),s(i,c[f])}}}}function hl(e){let t=e.localName,n=e.number,o=vl(e);if(e.mapKind=="message"){let{toMessage:a}=Re(e),l=ps(e.message);return(c,f,m)=>{let h=m[t],p=Object.keys(h);for(let g=0;g<p.length;g++){let $=p[g];c.tag(n,W.LengthDelimited).fork(),o(c,$),c.tag(2,W.LengthDelimited).fork(),l(c,f,a(h[$])),c.join(),c.join()}}}let s=e.mapKind=="enum"?_.INT32:e.scalar,r=Kn(s),i=Yn(s,e.parent.typeName,e.name);return(a,l,c)=>{let f=c[t],m=Object.keys(f);for(let h=0;h<m.length;h++){let p=m[h];a.tag(n,W.LengthDelimited).fork(),o(a,p),a.tag(2,r),i(a,f[p]),a.join()}}}function vl(e){let t=Kn(e.mapKey),n=Yn(e.mapKey,e.parent.typeName,e.name),o=yl(e.mapKey);return(s,r)=>{s.tag(1,t),n(s,o(r))}}function yl(e){switch(e){case _.STRING:return t=>t;case _.BOOL:return t=>t==="true"?!0:t==="false"?!1:t;case _.UINT64:case _.FIXED64:return t=>{try{return oe.uParse(t)}catch{return t}};case _.INT64:case _.SFIXED64:case _.SINT64:return t=>{try{return oe.parse(t)}catch{return t}};default:return t=>{let n=Number.parseInt(t);return Number.isFinite(n)?n:t}}}function Yn(e,t,n){let o=gl(e);return(s,r)=>{try{o(s,r)}catch(i){throw i instanceof Error?new Error(`cannot encode field ${t}.${n} to binary: ${i.message}`):i}}}function gl(e){switch(e){case _.STRING:return(t,n)=>t.string(n);case _.BOOL:return(t,n)=>t.bool(n);case _.DOUBLE:return(t,n)=>t.double(n);case _.FLOAT:return(t,n)=>t.float(n);case _.INT32:return(t,n)=>t.int32(n);case _.INT64:return(t,n)=>t.int64(n);case _.UINT64:return(t,n)=>t.uint64(n);case _.FIXED64:return(t,n)=>t.fixed64(n);case _.BYTES:return(t,n)=>t.bytes(n);case _.FIXED32:return(t,n)=>t.fixed32(n);case _.SFIXED32:return(t,n)=>t.sfixed32(n);case _.SFIXED64:return(t,n)=>t.sfixed64(n);case _.SINT64:return(t,n)=>t.sint64(n);case _.UINT32:return(t,n)=>t.uint32(n);case _.SINT32:return(t,n)=>t.sint32(n)}}function ii(e){let t=e.number,n=ps(e.message);return e.delimitedEncoding?(o,s,r)=>{o.tag(t,W.StartGroup),n(o,s,r),o.tag(t,W.EndGroup)}:(o,s,r)=>{o.tag(t,W.LengthDelimited).fork(),n(o,s,r),o.join()}}function Kn(e){switch(e){case _.BYTES:case _.STRING:return W.LengthDelimited;case _.DOUBLE:case _.FIXED64:case _.SFIXED64:return W.Bit64;case _.FIXED32:case _.SFIXED32:case _.FLOAT:return W.Bit32;default:return W.Varint}}function ai(e,t,...n){if(n.length>0)throw new Error;return e.services[t]}var _l=999,bl=1,$l=2,wl=3,Sl=9,ms=11,xl=12,kl=14,El=[["unary","server_streaming"],["client_streaming","bidi_streaming"]];function Me(e,t=[]){let n=_t("file",e,{name:e.name?.replace(/\.proto$/,""),edition:_l,dependencies:t,enums:[],messages:[],extensions:[],services:[],toString:()=>`file ${e.name}`}),o=new ds(n);return e.enumType?.forEach(s=>o.addEnum(s)),e.messageType?.forEach(s=>o.addMessage(s)),o.messages.forEach(s=>o.addFields(s)),e.service?.forEach(s=>o.addService(s)),n}var ds=class{constructor(t){this.file=t,this.messages=[],this.types=new Map;for(let n of t.dependencies)for(let o of Vn(n))this.types.set(`.${o.typeName}`,o)}type(t,n,o,s){let r=`${o?.typeName??this.file.proto.package}.${n.name}`,i=()=>`${t} ${r}`,a=_t(t,n,{name:n.name,typeName:r,file:this.file,...s,toString:i});return this.types.set(`.${r}`,a),a}addEnum(t,n){let o=t.value??[],s=`${Al(t.name)}_`,i=o.every(({name:l=""})=>l.toLowerCase().startsWith(s)&&/^\D/.test(l.slice(s.length)))?s:void 0,a=this.type("enum",t,n,{parent:n,open:!0,value:{},values:[],sharedPrefix:i});for(let l of o){let{name:c="",number:f=0}=l,m=c.slice(i?.length),p=_t("enum_value",l,{parent:a,name:c,localName:m,number:f,jsonName:c,toString:()=>`enum value ${a.typeName}.${c}`});a.values.push(p),a.value[f]??=p}(n?.nestedEnums??this.file.enums).push(a)}addMessage(t,n){let o={fields:[],oneofs:[],members:[],nestedEnums:[],nestedMessages:[],nestedExtensions:[]},s=this.type("message",t,n,{parent:n,field:{},...o});t.options?.mapEntry||(n?.nestedMessages??this.file.messages).push(s),t.enumType?.forEach(r=>this.addEnum(r,s)),t.nestedType?.forEach(r=>this.addMessage(r,s)),this.messages.push(s)}addFields(t){let n=(t.proto.oneofDecl??[]).map(o=>Nl(o,t));for(let o of t.proto.field??[]){let s=o.proto3Optional?void 0:n[o.oneofIndex??-1],r=this.field(o,t,s);t.fields.push(r),t.field[r.localName]=r,s?.fields.push(r),t.members.includes(s??r)||t.members.push(s??r)}t.oneofs=n.filter(o=>o.fields.length)}field(t,n,o){let{type:s=0,name:r=""}=t,i=t.label===wl,a=o||t.proto3Optional||s===ms,l=this.types.get(t.typeName),c=s===ms?"message":s===kl?"enum":"scalar",f=_t("field",t,{name:r,number:t.number,parent:n,localName:hs(r),jsonName:hs(r),oneof:o,fieldKind:c,listKind:void 0,mapKind:void 0,mapKey:void 0,scalar:c==="scalar"?s:void 0,message:c==="message"?l:void 0,enum:c==="enum"?l:void 0,presence:a&&!i?bl:$l,packed:void 0,delimitedEncoding:c==="message"?!1:void 0,utf8Validation:!0,longAsString:!1,getDefaultValue:i?void 0:()=>{},toString:()=>`field ${n.typeName}.${r}`});if(!i)return f;if(!l?.proto.options?.mapEntry){let x=![Sl,xl,ms].includes(s);return Object.assign(f,{fieldKind:"list",listKind:c,packed:x})}let[m,h]=l.fields,{fieldKind:p,message:g,enum:$,scalar:w}=h;return Object.assign(f,{fieldKind:"map",mapKey:m.scalar,mapKind:p,message:g,enum:$,scalar:w})}addService(t){let n=this.type("service",t,void 0,{methods:[],method:{}});for(let o of t.method??[]){let s=this.method(o,n);n.methods.push(s),n.method[s.localName]=s}this.file.services.push(n)}method(t,n){let{name:o="",clientStreaming:s,serverStreaming:r}=t;return _t("rpc",t,{parent:n,name:o,localName:o[0].toLowerCase()+o.slice(1),methodKind:El[+!!s][+!!r],input:this.types.get(t.inputType),output:this.types.get(t.outputType),idempotency:t.options?.idempotencyLevel??0,toString:()=>`rpc ${n.typeName}.${o}`})}};function Nl(e,t){let{name:n=""}=e,o=()=>`oneof ${t.typeName}.${n}`;return _t("oneof",e,{parent:t,fields:[],name:n,localName:hs(n),toString:o})}function _t(e,t,n){return{kind:e,proto:t,deprecated:t.options?.deprecated??!1,...n}}function hs(e){return e.replace(/_+(\D?)/g,(t,n)=>n.toUpperCase())}function Al(e=""){return e.replace(/(?!^)[A-Z]/g,"_$&").toLowerCase()}var vs=Me({name:"google/protobuf/duration.proto",messageType:[{name:"Duration",field:[{name:"seconds",number:1,type:3},{name:"nanos",number:2,type:5}]}],package:"google.protobuf"}),ui=nn(vs,0);var li=Me({name:"google/protobuf/field_mask.proto",messageType:[{name:"FieldMask",field:[{name:"paths",number:1,label:3,type:9}]}],package:"google.protobuf"});var ys=Me({name:"google/protobuf/timestamp.proto",messageType:[{name:"Timestamp",field:[{name:"seconds",number:1,type:3},{name:"nanos",number:2,type:5}]}],package:"google.protobuf"}),ci=nn(ys,0);var rn=Me({name:"onduty/v1/status.proto",messageType:[{name:"UserStatus",field:[{name:"account_id",number:1,type:9},{name:"user_id",number:2,type:9},{name:"status",number:3,type:14,typeName:".onduty.v1.Status"},{name:"available",number:4,type:8},{name:"cause",number:5,type:14,typeName:".onduty.v1.Cause"},{name:"status_since",number:6,type:11,typeName:".google.protobuf.Timestamp"},{name:"last_activity_time",number:7,type:11,typeName:".google.protobuf.Timestamp"},{name:"next_status",number:8,type:14,typeName:".onduty.v1.Status"},{name:"next_status_time",number:9,type:11,typeName:".google.protobuf.Timestamp"},{name:"actor",number:10,type:9},{name:"reason",number:11,type:9},{name:"revision",number:12,type:3}]},{name:"Workflow",field:[{name:"account_id",number:1,type:9},{name:"enabled",number:2,type:8,oneofIndex:0,proto3Optional:!0},{name:"away_after",number:3,type:11,typeName:".google.protobuf.Duration"},{name:"offline_after",number:4,type:11,typeName:".google.protobuf.Duration"},{name:"resume",number:5,type:14,typeName:".onduty.v1.Resume",oneofIndex:1,proto3Optional:!0},{name:"keep_manual_away",number:6,type:8,oneofIndex:2,proto3Optional:!0},{name:"etag",number:7,type:9},{name:"update_time",number:8,type:11,typeName:".google.protobuf.Timestamp"},{name:"updated_by",number:9,type:9},{name:"enabled_time",number:10,type:11,typeName:".google.protobuf.Timestamp"},{name:"update_caller",number:11,type:9}],oneofDecl:[{name:"_enabled"},{name:"_resume"},{name:"_keep_manual_away"}]},{name:"WorkflowImpact",field:[{name:"switching_to_away",number:1,type:3},{name:"switching_to_offline",number:2,type:3},{name:"switches",number:3,label:3,type:11,typeName:".onduty.v1.WorkflowImpactSwitch"},{name:"next_hour",number:4,label:3,type:11,typeName:".onduty.v1.WorkflowImpactQuarter"}]},{name:"WorkflowImpactQuarter",field:[{name:"end_time",number:1,type:11,typeName:".google.protobuf.Timestamp"},{name:"switching_to_away",number:2,type:3},{name:"switching_to_offline",number:3,type:3}]},{name:"WorkflowImpactSwitch",field:[{name:"user_id",number:1,type:9},{name:"previous_status",number:2,type:14,typeName:".onduty.v1.Status"},{name:"status",number:3,type:14,typeName:".onduty.v1.Status"}]},{name:"StatusChange",field:[{name:"account_id",number:1,type:9},{name:"user_id",number:2,type:9},{name:"revision",number:3,type:3},{name:"previous_status",number:4,type:14,typeName:".onduty.v1.Status"},{name:"status",number:5,type:14,typeName:".onduty.v1.Status"},{name:"cause",number:6,type:14,typeName:".onduty.v1.Cause"},{name:"effective_time",number:7,type:11,typeName:".google.protobuf.Timestamp"},{name:"commit_time",number:8,type:11,typeName:".google.protobuf.Timestamp"},{name:"actor",number:9,type:9},{name:"reason",number:10,type:9},{name:"caller",number:11,type:9}]},{name:"RecordActivityRequest",field:[{name:"account_id",number:1,type:9},{name:"user_id",number:2,type:9},{name:"activity_time",number:3,type:11,typeName:".google.protobuf.Timestamp"}]},{name:"RecordActivityResponse",field:[{name:"user_status",number:1,type:11,typeName:".onduty.v1.UserStatus"}]},{name:"SetStatusRequest",field:[{name:"account_id",number:1,type:9},{name:"user_id",number:2,type:9},{name:"status",number:3,type:14,typeName:".onduty.v1.Status"},{name:"reason",number:4,type:9},{name:"expected_revision",number:5,type:3,oneofIndex:0,proto3Optional:!0}],oneofDecl:[{name:"_expected_revision"}]},{name:"SetStatusResponse",field:[{name:"user_status",number:1,type:11,typeName:".onduty.v1.UserStatus"}]},{name:"GetStatusRequest",field:[{name:"account_id",number:1,type:9},{name:"user_id",number:2,type:9}]},{name:"GetStatusResponse",field:[{name:"user_status",number:1,type:11,typeName:".onduty.v1.UserStatus"}]},{name:"BatchGetStatusesRequest",field:[{name:"account_id",number:1,type:9},{name:"user_ids",number:2,label:3,type:9}]},{name:"BatchGetStatusesResponse",field:[{name:"user_statuses",number:1,label:3,type:11,typeName:".onduty.v1.UserStatus"},{name:"unknown_user_ids",number:2,label:3,type:9}]},{name:"ListStatusesRequest",field:[{name:"account_id",number:1,type:9},{name:"statuses",number:2,label:3,type:14,typeName:".onduty.v1.Status"},{name:"page_size",number:3,type:5},{name:"page_token",number:4,type:9}]},{name:"ListStatusesResponse",field:[{name:"user_statuses",number:1,label:3,type:11,typeName:".onduty.v1.UserStatus"},{name:"next_page_token",number:2,type:9}]},{name:"ListAvailableUsersRequest",field:[{name:"account_id",number:1,type:9},{name:"order",number:2,type:14,typeName:".onduty.v1.AvailabilityOrder"},{name:"limit",number:3,type:5}]},{name:"ListAvailableUsersResponse",field:[{name:"user_statuses",number:1,label:3,type:11,typeName:".onduty.v1.UserStatus"},{name:"available_count",number:2,type:3}]},{name:"GetWorkflowRequest",field:[{name:"account_id",number:1,type:9}]},{name:"GetWorkflowResponse",field:[{name:"workflow",number:1,type:11,typeName:".onduty.v1.Workflow"}]},{name:"UpdateWorkflowRequest",field:[{name:"workflow",number:1,type:11,typeName:".onduty.v1.Workflow"},{name:"update_mask",number:2,type:11,typeName:".google.protobuf.FieldMask"},{name:"validate_only",number:3,type:8}]},{name:"UpdateWorkflowResponse",field:[{name:"workflow",number:1,type:11,typeName:".onduty.v1.Workflow"},{name:"impact",number:2,type:11,typeName:".onduty.v1.WorkflowImpact"}]},{name:"ListStatusChangesRequest",field:[{name:"account_id",number:1,type:9},{name:"user_id",number:2,type:9},{name:"start_time",number:3,type:11,typeName:".google.protobuf.Timestamp"},{name:"end_time",number:4,type:11,typeName:".google.protobuf.Timestamp"},{name:"page_size",number:5,type:5},{name:"page_token",number:6,type:9}]},{name:"ListStatusChangesResponse",field:[{name:"changes",number:1,label:3,type:11,typeName:".onduty.v1.StatusChange"},{name:"next_page_token",number:2,type:9}]},{name:"Activity",field:[{name:"account_id",number:1,type:9},{name:"user_id",number:2,type:9},{name:"activity_time",number:3,type:11,typeName:".google.protobuf.Timestamp"}]},{name:"RecordActivitiesRequest",field:[{name:"sequence",number:1,type:3},{name:"activities",number:2,label:3,type:11,typeName:".onduty.v1.Activity"}]},{name:"RecordActivitiesResponse",field:[{name:"sequence",number:1,type:3},{name:"errors",number:2,label:3,type:11,typeName:".onduty.v1.ActivityError"}]},{name:"ActivityError",field:[{name:"index",number:1,type:5},{name:"reason",number:2,type:14,typeName:".onduty.v1.ErrorReason"},{name:"field",number:3,type:9},{name:"message",number:4,type:9},{name:"server_time",number:5,type:11,typeName:".google.protobuf.Timestamp"}]},{name:"WatchStatusesRequest",field:[{name:"account_id",number:1,type:9},{name:"user_ids",number:2,label:3,type:9},{name:"resume_token",number:3,type:9}]},{name:"WatchStatusesResponse",field:[{name:"resume_token",number:1,type:9},{name:"snapshot",number:2,type:11,typeName:".onduty.v1.StatusSnapshot",oneofIndex:0},{name:"changes",number:3,type:11,typeName:".onduty.v1.WatchedChanges",oneofIndex:0},{name:"bookmark",number:4,type:11,typeName:".onduty.v1.Bookmark",oneofIndex:0}],oneofDecl:[{name:"event"}]},{name:"StatusSnapshot",field:[{name:"first",number:1,type:8},{name:"last",number:2,type:8},{name:"user_statuses",number:3,label:3,type:11,typeName:".onduty.v1.UserStatus"},{name:"workflow",number:4,type:11,typeName:".onduty.v1.Workflow"}]},{name:"WatchedChanges",field:[{name:"changes",number:1,label:3,type:11,typeName:".onduty.v1.WatchedChange"}]},{name:"WatchedChange",field:[{name:"status_change",number:1,type:11,typeName:".onduty.v1.StatusChange",oneofIndex:0},{name:"workflow_change",number:2,type:11,typeName:".onduty.v1.WorkflowChange",oneofIndex:0}],oneofDecl:[{name:"change"}]},{name:"WorkflowChange",field:[{name:"revision",number:1,type:3},{name:"workflow",number:2,type:11,typeName:".onduty.v1.Workflow"},{name:"previous_workflow",number:3,type:11,typeName:".onduty.v1.Workflow"}]},{name:"Bookmark",field:[{name:"effective_until",number:1,type:11,typeName:".google.protobuf.Timestamp"}]},{name:"ListWorkflowChangesRequest",field:[{name:"account_id",number:1,type:9},{name:"page_size",number:2,type:5},{name:"page_token",number:3,type:9}]},{name:"ListWorkflowChangesResponse",field:[{name:"changes",number:1,label:3,type:11,typeName:".onduty.v1.WorkflowChange"},{name:"next_page_token",number:2,type:9}]},{name:"GetCallerRequest"},{name:"GetCallerResponse",field:[{name:"caller",number:1,type:11,typeName:".onduty.v1.Caller"}]},{name:"Caller",field:[{name:"authenticated",number:1,type:8},{name:"name",number:2,type:9},{name:"user_id",number:3,type:9},{name:"via",number:4,type:9},{name:"grants",number:5,label:3,type:11,typeName:".onduty.v1.CallerGrant"}]},{name:"CallerGrant",field:[{name:"everywhere",number:1,type:8},{name:"account_id",number:2,type:9},{name:"permissions",number:3,label:3,type:9},{name:"own_user_only",number:4,type:8},{name:"acts_for_others",number:5,type:8}]},{name:"ListAccountsRequest",field:[{name:"page_size",number:1,type:5},{name:"page_token",number:2,type:9}]},{name:"ListAccountsResponse",field:[{name:"accounts",number:1,label:3,type:11,typeName:".onduty.v1.Account"},{name:"next_page_token",number:2,type:9}]},{name:"Account",field:[{name:"account_id",number:1,type:9}]},{name:"SimulateRequest",field:[{name:"account_id",number:1,type:9},{name:"workflow",number:2,type:11,typeName:".onduty.v1.Workflow"},{name:"log",number:3,type:12},{name:"time_column",number:4,type:9},{name:"user_column",number:5,type:9},{name:"time_format",number:6,type:14,typeName:".onduty.v1.LogTimeFormat"},{name:"keep_order",number:7,type:8}]},{name:"SimulateResponse",field:[{name:"summary",number:1,type:11,typeName:".onduty.v1.SimulationSummary"},{name:"warnings",number:2,label:3,type:9}]},{name:"SimulationSummary",field:[{name:"users",number:1,type:3},{name:"activities",number:2,type:3},{name:"late_activities",number:3,type:3},{name:"first_activity_time",number:4,type:11,typeName:".google.protobuf.Timestamp"},{name:"last_activity_time",number:5,type:11,typeName:".google.protobuf.Timestamp"},{name:"switches",number:6,label:3,type:11,typeName:".onduty.v1.SimulatedSwitches"},{name:"resumes",number:7,type:3},{name:"ignored_activities",number:8,type:3},{name:"active_soon_after_away",number:9,type:3},{name:"time_in_status",number:10,label:3,type:11,typeName:".onduty.v1.SimulatedTime"}]},{name:"SimulatedSwitches",field:[{name:"previous_status",number:1,type:14,typeName:".onduty.v1.Status"},{name:"status",number:2,type:14,typeName:".onduty.v1.Status"},{name:"count",number:3,type:3}]},{name:"SimulatedTime",field:[{name:"status",number:1,type:14,typeName:".onduty.v1.Status"},{name:"duration",number:2,type:11,typeName:".google.protobuf.Duration"}]}],enumType:[{name:"Status",value:[{name:"STATUS_UNSPECIFIED",number:0},{name:"STATUS_ONLINE",number:1},{name:"STATUS_AWAY",number:2},{name:"STATUS_OFFLINE",number:3}]},{name:"Cause",value:[{name:"CAUSE_UNSPECIFIED",number:0},{name:"CAUSE_MANUAL",number:1},{name:"CAUSE_INACTIVITY",number:2},{name:"CAUSE_ACTIVITY",number:3}]},{name:"Resume",value:[{name:"RESUME_UNSPECIFIED",number:0},{name:"RESUME_FROM_AWAY",number:1},{name:"RESUME_NEVER",number:2},{name:"RESUME_FROM_AWAY_OR_OFFLINE",number:3}]},{name:"AvailabilityOrder",value:[{name:"AVAILABILITY_ORDER_UNSPECIFIED",number:0},{name:"AVAILABILITY_ORDER_LONGEST_AVAILABLE",number:1},{name:"AVAILABILITY_ORDER_MOST_RECENTLY_ACTIVE",number:2},{name:"AVAILABILITY_ORDER_LONGEST_IDLE",number:3}]},{name:"ErrorReason",value:[{name:"ERROR_REASON_UNSPECIFIED",number:0},{name:"ERROR_REASON_INVALID_FIELD",number:1},{name:"ERROR_REASON_INVALID_WORKFLOW",number:2},{name:"ERROR_REASON_USER_UNKNOWN",number:3},{name:"ERROR_REASON_REVISION_CONFLICT",number:4},{name:"ERROR_REASON_RESUME_TOKEN_EXPIRED",number:5},{name:"ERROR_REASON_CREDENTIAL_REQUIRED",number:6},{name:"ERROR_REASON_PERMISSION_REQUIRED",number:7},{name:"ERROR_REASON_LIMIT_EXCEEDED",number:8},{name:"ERROR_REASON_STORE_UNAVAILABLE",number:9},{name:"ERROR_REASON_ISSUER_UNAVAILABLE",number:10}]},{name:"LogTimeFormat",value:[{name:"LOG_TIME_FORMAT_UNSPECIFIED",number:0},{name:"LOG_TIME_FORMAT_RFC3339",number:1},{name:"LOG_TIME_FORMAT_EPOCH_S",number:2},{name:"LOG_TIME_FORMAT_EPOCH_MS",number:3}]}],service:[{name:"StatusService",method:[{name:"RecordActivity",inputType:".onduty.v1.RecordActivityRequest",outputType:".onduty.v1.RecordActivityResponse"},{name:"RecordActivities",inputType:".onduty.v1.RecordActivitiesRequest",outputType:".onduty.v1.RecordActivitiesResponse",clientStreaming:!0,serverStreaming:!0},{name:"SetStatus",inputType:".onduty.v1.SetStatusRequest",outputType:".onduty.v1.SetStatusResponse"},{name:"GetStatus",inputType:".onduty.v1.GetStatusRequest",outputType:".onduty.v1.GetStatusResponse",options:{idempotencyLevel:1}},{name:"BatchGetStatuses",inputType:".onduty.v1.BatchGetStatusesRequest",outputType:".onduty.v1.BatchGetStatusesResponse",options:{idempotencyLevel:1}},{name:"ListStatuses",inputType:".onduty.v1.ListStatusesRequest",outputType:".onduty.v1.ListStatusesResponse",options:{idempotencyLevel:1}},{name:"ListAvailableUsers",inputType:".onduty.v1.ListAvailableUsersRequest",outputType:".onduty.v1.ListAvailableUsersResponse",options:{idempotencyLevel:1}},{name:"WatchStatuses",inputType:".onduty.v1.WatchStatusesRequest",outputType:".onduty.v1.WatchStatusesResponse",serverStreaming:!0},{name:"GetWorkflow",inputType:".onduty.v1.GetWorkflowRequest",outputType:".onduty.v1.GetWorkflowResponse",options:{idempotencyLevel:1}},{name:"UpdateWorkflow",inputType:".onduty.v1.UpdateWorkflowRequest",outputType:".onduty.v1.UpdateWorkflowResponse"},{name:"ListStatusChanges",inputType:".onduty.v1.ListStatusChangesRequest",outputType:".onduty.v1.ListStatusChangesResponse",options:{idempotencyLevel:1}},{name:"ListWorkflowChanges",inputType:".onduty.v1.ListWorkflowChangesRequest",outputType:".onduty.v1.ListWorkflowChangesResponse",options:{idempotencyLevel:1}},{name:"GetCaller",inputType:".onduty.v1.GetCallerRequest",outputType:".onduty.v1.GetCallerResponse",options:{idempotencyLevel:1}},{name:"ListAccounts",inputType:".onduty.v1.ListAccountsRequest",outputType:".onduty.v1.ListAccountsResponse",options:{idempotencyLevel:1}},{name:"Simulate",inputType:".onduty.v1.SimulateRequest",outputType:".onduty.v1.SimulateResponse",options:{idempotencyLevel:1}}]}],package:"onduty.v1"},[vs,li,ys]);var Il=on(rn,0),I=sn(Il),Tl=on(rn,1),le=sn(Tl),Ol=on(rn,2),fi=sn(Ol);var Cl=on(rn,5),bt=sn(Cl),pi=ai(rn,0);function mi(e){let t=new Uint8Array(5+e.length);return new DataView(t.buffer).setUint32(1,e.length),t.set(e,5),t}async function*di(e){let t=new Uint8Array(0);for(;;){for(;t.length>=5;){let s=new DataView(t.buffer,t.byteOffset).getUint32(1),r=t[0];if(r&1||s>67108864)throw new TypeError("an envelope that was not asked for");if(t.length<5+s)break;let i=t.subarray(5,5+s);if(t=t.subarray(5+s),r&2)return JSON.parse(new TextDecoder().decode(i)||"{}");yield i}let{value:n,done:o}=await e.read();if(o)return void 0;t=Rl(t,n)}}function Rl(e,t){if(e.length===0)return t;let n=new Uint8Array(e.length+t.length);return n.set(e),n.set(t,e.length),n}var E=class extends Error{constructor(t,n,{reason:o="",violations:s=[],retryAfterMs:r,cause:i}={}){super(n,{cause:i}),this.name="OndutyError",this.code=t,this.reason=o,this.violations=s,this.retryAfterMs=r}},Ml={400:"internal",401:"unauthenticated",403:"permission_denied",404:"unimplemented",429:"unavailable",502:"unavailable",503:"unavailable",504:"unavailable"};async function gs(e){let t=Ml[e.status]??"unknown";try{return _s(await e.json(),t)}catch{return new E(t,`the server answered with HTTP status ${e.status}`)}}function _s(e,t="unknown"){let n={};for(let{type:o,debug:s}of e.details??[])o==="google.rpc.ErrorInfo"&&s?.domain==="onduty"&&(n.reason=s.reason),o==="google.rpc.BadRequest"&&(n.violations=s?.fieldViolations),o==="google.rpc.RetryInfo"&&(n.retryAfterMs=Number.parseFloat(s?.retryDelay)*1e3);return new E(e.code??t,e.message??"",n)}var Ll=1e4;function bs(e){let t={};for(let[n,o]of Object.entries(pi.method)){let s=o;s.methodKind==="unary"&&(t[n]=Dl.bind(null,e,s)),s.methodKind==="server_streaming"&&(t[n]=Fl.bind(null,e,s))}return t}async function Dl(e,t,n,{signal:o,timeoutMs:s=e.timeoutMs??Ll}={}){let r=AbortSignal.timeout(s),i=o?AbortSignal.any([o,r]):r,a=qn(t.input,he(t.input,n)),l={"content-type":"application/proto","connect-timeout-ms":String(s)},c=await hi(e,t,l,a,i,o);if(!c.ok)throw await gs(c);try{return Gn(t.output,new Uint8Array(await c.arrayBuffer()))}catch(f){throw $s(f,i,o)}}async function*Fl(e,t,n,{signal:o}={}){let s=new AbortController,r=o?AbortSignal.any([o,s.signal]):s.signal;try{let i=mi(qn(t.input,he(t.input,n))),a=await hi(e,t,{"content-type":"application/connect+proto"},i,r,o);if(!a.ok||!a.body)throw await gs(a);let l=di(a.body.getReader());for(;;){let{value:c,done:f}=await l.next().catch(m=>{throw $s(m,r,o)});if(!f){yield Gn(t.output,c);continue}if(c===void 0)throw new E("unavailable","the stream was cut");if(c.error)throw _s(c.error);return}}finally{s.abort()}}async function hi(e,t,n,o,s,r){let i=await e.token?.(),a=e.actor?.();i&&(n.authorization=`Bearer ${i}`),a&&(n["onduty-actor-bin"]=Ul(a)),n["connect-protocol-version"]="1";let l=`${e.baseUrl}/${t.parent.typeName}/${t.name}`;try{let c={method:"POST",headers:n,body:o,signal:s,credentials:"omit",cache:"no-store"};return await(e.fetch??globalThis.fetch)(l,c)}catch(c){throw $s(c,s,r)}}function $s(e,t,n){return n?.aborted?new E("canceled","the call was cancelled",{cause:e}):t.aborted?new E("deadline_exceeded","the server did not answer in time",{cause:e}):new E("unavailable","the server cannot be reached",{cause:e})}function Ul(e){return btoa(String.fromCharCode(...new TextEncoder().encode(e)))}function L(e){return e&&Number(e.seconds)*1e3+Math.round(e.nanos/1e6)}function jn(e){return he(ci,vi(e))}function Xn(e){return he(ui,vi(e))}function vi(e){let t=Math.floor(e/1e3);return{seconds:BigInt(t),nanos:Math.round(e-t*1e3)*1e6}}var u=dr.bind(Nn);var zn=class{constructor(t){this.area=t,this.inPage=new Map}get(t){try{return this.inPage.get(t)??this.area().getItem(t)}catch{return null}}set(t,n){this.inPage.delete(t);try{return n===null?this.area().removeItem(t):this.area().setItem(t,n),!0}catch{return n!==null&&this.inPage.set(t,n),!1}}},se=new zn(()=>sessionStorage),$t=new zn(()=>localStorage);function Zn(e){try{return globalThis.localStorage,new BroadcastChannel(e)}catch{return null}}var ws="onduty.departure";function yi(e){return se.set(ws,JSON.stringify(e))}function Bl(){let t=[location.hash,location.search].map(s=>new URLSearchParams(s.slice(1))).find(s=>s.has("state")&&(s.has("code")||s.has("error")));if(!t)return null;let n=JSON.parse(se.get(ws)??"null"),o=n!==null&&n.state===t.get("state");return o&&se.set(ws,null),history.replaceState(null,"",location.pathname+(o?n.page:"")),{parameters:t,departure:o?n:null}}var Jn=Bl();var an=k(location.hash),Je=k(!1),un=k("");addEventListener("hashchange",()=>{Je.peek()?(un.value=location.hash,history.replaceState(null,"",an.peek())):an.value=location.hash});addEventListener("beforeunload",e=>{Je.peek()&&e.preventDefault()});function gi(e){let t=un.peek();un.value="",e&&(Je.value=!1,Qn(t))}var Le=M(()=>{let[e="",t="",...n]=an.value.replace(/^#\/?/,"").split("/").map(Pl);return{account:e,page:t||"board",rest:n}}),_i=M(()=>an.value==="");function be(e,...t){return wt(Le.value.account,e,...t)}function wt(e,...t){return`#/${[e,...t].map(encodeURIComponent).join("/")}`}function Qn(e){location.hash=e}function eo(e){history.replaceState(null,"",e),an.value=e}function Pl(e){try{return decodeURIComponent(e)}catch{return e}}var St=k(void 0);async function ln(){return St.value??=(await(await fetch("sign-in.json",{credentials:"omit"})).json()).provider,St.value??null}function cn(){return import("./oidc-SXTAP7DM.js")}var to="onduty.token",pn="onduty.by-provider",$i="onduty.left-at",wi="onduty.name",Wl=6e4,Vl=5e3,Hl=4e3,X=k("loading"),tt=k(""),no=k(""),nt=k(se.get(to)!==null),Qe=k($t.get(wi)??""),et=se.get(to),De,fn=0,bi=Jn!==null,Si=Zn("onduty.sign-out"),V=bs({baseUrl:"",token:()=>et??void 0,actor:()=>et===null&&Qe.value||void 0}),A=M(()=>Le.value.account),Ss={ask:async()=>{}};function oo(){return et}async function Fe(){X.value!=="unreachable"&&(X.value="loading");let e=bi;if(bi=!1,!(e&&!await Kl(Yl)))try{await Ss.ask(),X.value="ready",tt.value=""}catch(t){if(!(t instanceof E))throw t;t.code!=="unauthenticated"?X.value="unreachable":e?await ao("unaccepted",t.message):await ql()}}async function xi(e){io(),Ti(e),await Fe(),X.value==="signed-out"&&(tt.value="refused")}async function ki(){await Ei(!1)}async function so(){let e=se.get(pn)!==null;X.value="loading",io(),e&&Si?.postMessage("");let t=location.pathname;if(e){let n=await ln().catch(()=>null);t=n&&await cn().then(o=>o.farewellAddress(n)).catch(()=>null)||t}location.replace(t)}function D(e,t=et){return!(e instanceof E)||e.code!=="unauthenticated"||t!==et?!1:(X.value==="ready"&&Gl(),!0)}function ro(e){Qe.value=e.trim(),$t.set(wi,Qe.value)}async function Gl(){X.value="loading",De&&await xs(),await Fe()}async function ql(){let e=nt.value,t=se.get(pn)!==null;io();let n=Date.now()-Number(se.get($i));e&&t&&(n<0||n>Hl)?await Ei(!0):await ao(e?"expired":"")}async function Ei(e){X.value=e?"leaving":X.value,se.set($i,String(Date.now())),await Ni(async()=>{let t=await ln();if(!t)return;if(!isSecureContext)throw{reason:"insecure"};let{address:n,departure:o}=await(await cn()).begun(t,{page:location.hash,isSilent:e});if(!yi(o))throw{reason:"blocked"};location[e?"replace":"assign"](n)})}async function Yl(){let e=await ln();return e&&Jn&&(await cn()).redeem(e,Jn)}async function xs(){clearTimeout(fn);let e=St.value;try{e&&De&&Ii(await(await cn()).renew(e,De))}catch(t){Ai(t).reason==="unreachable"?fn=setTimeout(xs,Vl):De=void 0}}async function Kl(e){return Ni(async()=>{let t=await e();t&&Ii(t)})}async function Ni(e){try{return await e(),!0}catch(t){let{reason:n,detail:o}=Ai(t);return await ao(n,o),!1}}function Ai(e){return{reason:e?.reason??"offline",detail:e?.detail??""}}function Ii(e){Ti(e.token),se.set(pn,"1"),De=e.refreshToken??De,clearTimeout(fn),!(De===void 0||e.lifetimeMs===void 0)&&(fn=setTimeout(xs,Math.max(e.lifetimeMs-Wl,e.lifetimeMs/2)))}function Ti(e){et=e,se.set(to,e),nt.value=!0}function io(){et=null,De=void 0,clearTimeout(fn),se.set(to,null),se.set(pn,null),nt.value=!1}async function ao(e,t=""){if(io(),await ln().catch(()=>null),e==="offline"){X.value="unreachable";return}tt.value=e,no.value=t,X.value="signed-out"}Si?.addEventListener("message",()=>{se.get(pn)!==null&&ao("")});addEventListener("pageshow",e=>{e.persisted&&X.value!=="ready"&&Fe()});var F=k(null),ae=k([]),mn=k(!1),Oi=M(()=>mn.value&&ae.value.length>=Ci),jl=15e3,Xl=1e3,Ci=2e4,xt="",ks=null;async function Ri(){F.value=null,ae.value=[],xt="";let e=(await V.getCaller({})).caller??null,t=e?.name??"";ks!==null&&t!==ks&&location.reload(),ks=t,F.value=e,await Li()}async function Mi(){if(!(X.value!=="ready"||document.hidden||!F.value?.authenticated))try{let e=(await V.getCaller({})).caller;X.value==="ready"&&JSON.stringify(e)!==JSON.stringify(F.value)&&(F.value=e??null)}catch(e){if(!(e instanceof E))throw e;D(e)}}setInterval(Mi,jl);document.addEventListener("visibilitychange",Mi);async function Li(){try{let e=await V.listAccounts({pageSize:Xl,pageToken:xt}),t=new Intl.Collator(void 0,{numeric:!0}),n=[...new Set([...ae.value,...e.accounts.map(o=>o.accountId)])];ae.value=n.sort(t.compare),xt=e.nextPageToken}catch(e){if(!(e instanceof E))throw e;xt=""}mn.value=xt!==""}async function Di(){for(;xt&&ae.value.length<Ci;)await Li()}var kt=M(()=>F.value!==null&&(!F.value.authenticated||F.value.grants.some(e=>e.everywhere))),uo=M(()=>kt.value||ae.value.length>1),zl=M(()=>{let e=new Set([]),t=new Set([]);for(let n of F.value?.grants??[])if(!(!n.everywhere&&n.accountId!==A.value))for(let o of n.permissions)(n.ownUserOnly?t:e).add(o);return{everybody:e,own:t}});function U(e,t){if(F.value===null)return!1;let{everybody:n,own:o}=zl.value;return!F.value.authenticated||n.has(e)?!0:t!==void 0&&t===F.value.userId&&o.has(e)}var ot=M(()=>{let e=F.value?.userId??"";return!U("status.read")&&U("status.read",e)?e:""}),lo=M(()=>U("status.read")&&U("workflow.read")),Fi=M(()=>ot.value!==""||U("status.read")||U("workflow.read"));var Ui="onduty.language",Bi={en:()=>import("./en-4BNXYSKZ.js"),de:()=>import("./de-GYNYPIF2.js")},Pi={en:"English",de:"Deutsch"},ue=k("en"),Wi=k(void 0);function Vi(){let e=[$t.get(Ui)??"",...navigator.languages];return Gi(e.map(t=>t.split("-")[0]).find(t=>t in Bi)??"en")}function d(){return Wi.value}async function Hi(e){try{await Gi(e)}catch{return}$t.set(Ui,e)}function Ue(e){return e.toLocaleString(ue.value)}async function Gi(e){Wi.value=(await Bi[e]()).texts,ue.value=e}function Et(){return u`<label class="language">
<span class="visually-hidden">${d().nav.language}</span>
<select value=${ue.value} onChange=${e=>Hi(e.currentTarget.value)}>
${Object.entries(Pi).map(([e,t])=>u`<option key=${e} value=${e} selected=${e===ue.value} lang=${e}>${t}</option>`)}
</select>
</label>`}var st=1e3,Es=60*st,dn=60*Es,co=24*dn,At=k(Date.now());setInterval(()=>{document.hidden||(At.value=Date.now())},st);document.addEventListener("visibilitychange",()=>{At.value=Date.now()});var It=Intl.DateTimeFormat().resolvedOptions().timeZone,qi=new Map;function Nt(e,t){let n=`${ue.value} ${e}`,o=qi.get(n);return o||qi.set(n,o=new Intl.DateTimeFormat(ue.value,t)),o}function B(e,t=Date.now()){let n=Nt("time",{hour:"2-digit",minute:"2-digit",second:"2-digit",hourCycle:"h23"}).format(e);return new Date(e).toDateString()===new Date(t).toDateString()?n:`${(new Date(e).getFullYear()===new Date(t).getFullYear()?Nt("day",{day:"numeric",month:"short"}):Nt("date",{dateStyle:"medium"})).format(e)}, ${n}`}function rt(e){return`${new Date(e).toISOString().replace("T"," ").replace("Z","")} UTC`}function Tt(e){let{units:t}=d(),n=Math.max(0,Math.round(e/st)),o=[[Math.floor(n/86400),t.d],[Math.floor(n/3600)%24,t.h],[Math.floor(n/60)%60,t.min],[n%60,t.s]],s=o.findIndex(([r])=>r!==0);return s<0?`0 ${t.s}`:o.slice(s,s+2).filter(([r])=>r!==0).map(([r,i])=>`${r} ${i}`).join(" ")}function Ot(e){let{units:t}=d();return e<Es?`${Math.max(0,Math.floor(e/st))} ${t.s}`:e<dn?`${Math.floor(e/Es)} ${t.min}`:e<co?`${Math.floor(e/dn)} ${t.h}`:`${Math.floor(e/co)} ${t.d}`}function Yi(e){let t=Math.max(0,Math.ceil(e/st)),n=r=>String(r).padStart(2,"0");if(t>=86400)return Tt(e);let o=Math.floor(t/3600),s=Math.floor(t/60)%60;return o?`${o}:${n(s)}:${n(t%60)}`:`${s}:${n(t%60)}`}var Zl=/[\u202a-\u202e\u2066-\u2069]/g;function Ae(e){return e.replace(Zl,"�")}function me(e){return e&&`⁨${Ae(e)}⁩`}var Jl={board:"M3 4h14v3H3zM3 9h14v3H3zM3 14h9v3H3z",history:"M10 3a7 7 0 1 1-6.7 5M3 3v5h5M10 6v4l3 2",whatIf:"M4 16V9M10 16V4M16 16v-5",settings:"M3 6h8M15 6h2M3 14h2M9 14h8M13 4v4M7 12v4",plus:"M10 4v12M4 10h12",cross:"M5 5l10 10M15 5L5 15",pencil:"M4 16l1-4 8-8 3 3-8 8zM11 6l3 3",back:"M12 4l-6 6 6 6",search:"M9 4a5 5 0 1 1 0 10A5 5 0 0 1 9 4zM13 13l4 4",warn:"M10 3l8 14H2zM10 8v4M10 14v1",up:"M5 12l5-5 5 5",down:"M5 8l5 5 5-5",person:"M10 3a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7zM3.5 17a6.5 6.5 0 0 1 13 0"};function te({name:e}){return u`<svg class="icon" viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
<path
d=${Jl[e]}
fill=${e==="board"?"currentColor":"none"}
stroke=${e==="board"?"none":"currentColor"}
stroke-width="1.7"
stroke-linecap="round"
stroke-linejoin="round"
/>
</svg>`}function it(){return u`<p class="brand"><img src="icon.svg" alt="" width="24" height="24" /> onduty</p>`}function C({kind:e="info",children:t,actions:n}){return u`<div class="notice ${e}" role=${e==="error"||e==="warn"?"alert":"status"}>
${(e==="error"||e==="warn")&&u`<${te} name="warn" />`}
<div class="notice-text">${t}</div>
${n&&u`<div class="notice-actions">${n}</div>`}
</div>`}function ce({title:e,hint:t,isPage:n=!1,children:o}){return u`<div class="empty">
<${n?"h1":"p"} class="empty-title">${e}<//>
${t&&u`<p class="hint">${t}</p>`} ${o}
</div>`}function fe(){return u`<div class="skeleton" role="status" aria-label=${d().common.loading}>
<span></span><span></span><span></span><span></span>
</div>`}function at({ms:e,now:t}){return e===void 0?null:u`<time dateTime=${new Date(e).toISOString()} title=${rt(e)}>${B(e,t)}</time>`}function fo({title:e,onClose:t,children:n,alert:o=!1}){let s=Y(null),r=jt();return T(()=>{let a=document.activeElement;return s.current?.showModal(),()=>a?.focus()},[]),u`<dialog ref=${s} class="dialog" aria-labelledby=${r} role=${o?"alertdialog":null} onCancel=${a=>{a.preventDefault(),t()}}>
<h2 id=${r}>${e}</h2>
${n}
</dialog>`}function H({children:e}){let t=Ae(String(e));return u`<bdi class="name" title=${t}>${t}</bdi>`}var Ql=128,ec=100,tc=8,nc=20;function Ki(){let e=d().start,t=A.value,n=ae.value.length===1&&!mn.value?ae.value[0]:void 0,o=n!==void 0&&!t&&(_i.value||!kt.value);if(T(()=>{document.title=`${e.title} · onduty`,Di()},[]),T(()=>{o&&eo(wt(n,"board"))},[o]),o)return null;let s=ae.value.length===0&&!kt.value;return u`<main class="alone">
<div class="card narrow">
<${it} />
<h1>${s?e.nothing:e.title}</h1>
${t&&u`<${C} kind="warn">${e.refused(`⁨${t}⁩`)}<//>`}
<p class="hint">${s?e.nothingHint(`⁨${F.value?.name}⁩`):e.hint}</p>
${ae.value.length>0&&u`<${oc} />`} ${kt.value&&u`<${sc} />`}
${nt.value&&u`<p class="who"><${H}>${F.value?.name??""}<//>
<button type="button" class="quiet" onClick=${so}>${d().nav.signOut}</button></p>`}
<${Et} />
</div>
</main>`}function oc(){let e=d().start,t=S(""),n=t.value.trim().toLowerCase(),s=ae.value.filter(r=>r.toLowerCase().includes(n)).slice(0,ec);return u`${ae.value.length>tc&&u`<div class="field">
<input
type="search"
aria-label=${e.search}
placeholder=${e.search}
onInput=${r=>t.value=r.currentTarget.value}
/>
<p class="hint" role="status">
${e.shown(s.length,ae.value.length)}${Oi.value&&` ${e.notAll}`}
</p>
</div>`}
${s.length>0&&u`<ul class="account-list">
${s.map(r=>u`<li key=${r}><a href=${wt(r,"board")}><${H}>${r}<//></a></li>`)}
</ul>`}`}function sc(){let e=d().start,t=S(""),n=F.value!==null&&!F.value.authenticated;return u`<form class="token-form" onSubmit=${s=>{s.preventDefault();let r=new FormData(s.currentTarget),i=r.get("account")?.toString().trim()??"";n&&ro(r.get("name")?.toString()??"");let a=new TextEncoder().encode(i).length;a===0||a>Ql?t.value=e.tooLong:Qn(wt(i,"board"))}} novalidate>
<div class="field ${t.value?"wrong":""}">
<label for="account">${e.account}</label>
<input id="account" name="account" autocomplete="off" maxlength="128" aria-invalid=${t.value?"true":null} />
${t.value&&u`<p class="problem" role="alert">${t.value}</p>`}
</div>
${n&&u`<div class="field">
<label for="own-name">${e.name}</label>
<input id="own-name" name="name" autocomplete="name" maxlength="128" value=${Qe.value} aria-describedby="name-hint" />
<p class="hint" id="name-hint">${e.nameHint}</p>
</div>`}
<button type="submit" class="primary wide">${e.open}</button>
</form>`}function ji(){let{nav:e}=d(),t=ae.value;if(t.length<2||t.length>nc||mn.value)return u`<p class="account">
<span class="hint">${e.account}</span> <${H}>${A.value}<//>
${uo.value&&u`<a class="quiet-link" href="#/">${e.changeAccount}</a>`}
</p>`;let n=t.includes(A.value)?t:[A.value,...t];return u`<p class="account">
<label class="hint" for="account">${e.account}</label>
<select
id="account"
value=${A.value}
onChange=${o=>{Qn(wt(o.currentTarget.value,Le.value.page)),o.currentTarget.value=A.value}}
>
${n.map(o=>u`<option key=${o} value=${o} selected=${o===A.value}>${o}</option>`)}
</select>
${kt.value&&u`<a class="quiet-link" href="#/">${e.changeAccount}</a>`}
</p>`}var po=class{constructor(t=()=>performance.now()){this.steady=t,this.offsets=[],this.isAnew=!0}restart(){this.isAnew=!0}learn(t){this.offsets=[...this.isAnew?[]:this.offsets.slice(-29),t-this.steady()],this.isAnew=!1}now(){return this.offsets.length?this.steady()+Math.max(...this.offsets):Date.now()}},Ct=class{constructor(){this.steady=1/0,this.wall=1/0}in(t){this.steady=performance.now()+t,this.wall=Date.now()+t}hasPassed(){return performance.now()>this.steady||Date.now()>this.wall}};var Xi=3500,hn=7e3,rc=500,ic=1e4,ac=6e4,mo=class{constructor(t){this.wanted=t,this.resumeToken=t.resumeToken,this.closing=new AbortController,this.silence=new Ct,this.isSilent=!1,this.isWaiting=!0,this.leading=null,this.seeking=null,this.attempt=null,this.hasBegun=!1,this.isFresh=!1,this.isBegunAnew=!1,this.isShared=!1,this.endPause=()=>{},this.channel=navigator.locks?Zn(t.name):null,this.channel?(this.channel.onmessage=({data:n})=>this.#n(n),this.#o({}),this.#u()):this.#i()}close(){this.closing.abort(),this.seeking?.abort(),this.#r(),this.channel?.close()}retry(){this.leading?this.endPause():this.#e("retry")}check(){let t=this.isSilent;this.isSilent=this.silence.hasPassed(),!(!this.isSilent||!t)&&(this.isSilent=!1,this.leading?this.attempt?.abort():this.#o({steal:!0}))}#e(t){this.closing.signal.aborted||this.channel?.postMessage(t)}#n(t){if(this.isShared=!0,t==="join")this.#t();else if(t==="retry")this.endPause();else{if(this.leading)return;t==="lead"?this.silence.in(hn):"lost"in t?(this.silence.in(t.lost.waitMs+hn),this.wanted.onLost(t.lost)):this.#a(t)}}#t(){!this.leading||!this.hasBegun&&!this.resumeToken||(this.resumeToken="",this.isBegunAnew=!0,this.attempt?.abort(),this.endPause())}#u(){this.isWaiting=!0,this.silence.in(hn),this.#e("join")}#a({message:t,after:n}){let{event:o}=t;if(o.case==="snapshot"&&o.value.first)this.isWaiting=!1;else{if(this.isWaiting)return;if(n!==this.resumeToken)return this.#u()}this.silence.in(Xi),this.resumeToken=t.resumeToken,this.wanted.onMessage(t)}#o(t){this.seeking?.abort();let n=this.seeking=new AbortController;t.steal||(t.signal=n.signal),navigator.locks.request(this.wanted.name,t,()=>this.#i()).catch(()=>{this.closing.signal.aborted||n!==this.seeking||n.signal.aborted||(this.#r(),this.#o({}),this.#u())})}#r(){this.leading?.abort(),this.leading=null,this.endPause()}async#i(){if(this.closing.signal.aborted)return;let t=this.leading=new AbortController;this.#e("lead");for(let n=0;!t.signal.aborted;){let o=this.attempt=new AbortController;this.isBegunAnew=!1;let s=await this.#s(AbortSignal.any([t.signal,o.signal]));if(this.silence.in(1/0),t.signal.aborted)return;if(this.isBegunAnew)continue;if(s&&this.wanted.isFinal(s))return this.close();n=this.isFresh?1:n+1;let r={waitMs:uc(n,s),isOrderly:!s&&!o.signal.aborted&&n===1};this.#e({lost:r}),this.wanted.onLost(r),await this.#l(r.waitMs)}}async#s(t){this.hasBegun=this.isFresh=!1,this.silence.in(hn);try{for await(let n of this.wanted.open(this.resumeToken,t)){if(t.aborted)return;this.isFresh||=n.event.case==="bookmark",this.silence.in(this.isFresh?Xi:hn),this.isShared&&this.#e({message:n,after:this.resumeToken}),this.hasBegun=!0,this.resumeToken=n.resumeToken,this.wanted.onMessage(n)}}catch(n){return n instanceof E?this.resumeToken&&(n.code==="out_of_range"||n.code==="invalid_argument")?(this.resumeToken="",this.isBegunAnew=!0):this.wanted.isOutdated(n)&&(this.isBegunAnew=!0):reportError(n),n}}#l(t){return new Promise(n=>{let o=setTimeout(()=>this.endPause(),t);this.endPause=()=>{clearTimeout(o),this.endPause=()=>{},n(void 0)}})}};function uc(e,t){let n=Math.min(ic,rc*2**Math.min(e-1,10)),o=t instanceof E&&t.retryAfterMs||0;return Math.min(o,ac)+n*(.5+Math.random()/2)}function Rt(e){return(/^[ -~]*$/.test(e)?e:e.normalize("NFKD").replace(/[\p{M}\p{Cf}]/gu,"")).toLowerCase()}function zi(e,t){return{id:e.userId,key:Rt(e.userId),status:e.status,cause:e.cause,since:L(e.statusSince)??0,actor:e.actor,reason:e.reason,revision:e.revision,lastActivity:L(e.lastActivityTime),next:e.nextStatus,nextAt:L(e.nextStatusTime),checked:t}}function lc(e,t){let n=L(e.effectiveTime)??0;return{id:e.userId,key:t?.key??Rt(e.userId),status:e.status,cause:e.cause,since:t?.status===e.status?t.since:n,actor:e.actor,reason:e.reason,revision:e.revision,lastActivity:e.cause===le.ACTIVITY?n:t?.lastActivity,next:I.UNSPECIFIED,nextAt:void 0,checked:0}}var ho=class{constructor(){this.all=new Map,this.counts={[I.ONLINE]:0,[I.AWAY]:0,[I.OFFLINE]:0},this.coming=null,this.onChange=(()=>{}),this.onReset=()=>{}}apply(t,n){if(t.case==="snapshot"){if(t.value.first&&(this.coming=new Map),!this.coming)throw new Error("a snapshot without a beginning");for(let o of t.value.userStatuses)this.coming.set(o.userId,zi(o,n));t.value.last&&this.#e(this.coming)}else if(t.case==="changes")for(let{change:o}of t.value.changes){if(o.case!=="statusChange")continue;let s=this.all.get(o.value.userId);(!s||o.value.revision>s.revision)&&this.#n(s,lc(o.value,s))}}clear(){this.#e(new Map)}take(t,n){let o=this.all.get(t.userId);o&&o.revision>t.revision||this.#n(o,zi(t,n))}#e(t){this.coming=null,this.all=t,this.counts={[I.ONLINE]:0,[I.AWAY]:0,[I.OFFLINE]:0};for(let{status:n}of t.values())this.#t(n,1);this.onReset()}#n(t,n){this.all.set(n.id,n),t&&this.#t(t.status,-1),this.#t(n.status,1),this.onChange(t,n)}#t(t,n){t in this.counts&&(this.counts[t]+=n)}};var cc=3500,fc=500,pc=100,mc=6e4,G=new ho,ve=k(0),O=k("connecting"),re=k(0),Lt=M(()=>O.value!=="live"&&re.value>0),Ns=k(0),ut=k(null),vo=new po,Qi=new Ct,Zi=0,Be=null,As="",ea=0,Ji=0;function Mt(){return vo.now()}var Pe=M(()=>O.value==="live"||!re.value?At.value&&Mt():re.value);function Is(){Be?.retry()}function yo(){Zi||=setTimeout(()=>{Zi=0,ve.value++},pc)}function We(e){for(let t of e)t.accountId===A.peek()&&G.take(t,Mt());yo()}function dc(e){Ts(),na(),lo.peek()?ta(e):O.value="denied"}function ta(e){O.value="connecting",vo.restart();let t=oo();Be=new mo({name:`onduty ${e} ${hc()}`,resumeToken:As,open(n,o){return t=oo(),V.watchStatuses({accountId:e,resumeToken:n},{signal:o})},onMessage:({event:n})=>vc(n),onLost({waitMs:n,isOrderly:o}){O.value=o?"connecting":"lost",Ns.value=Date.now()+n,vo.restart()},isOutdated:n=>n instanceof E&&n.code==="unauthenticated"&&t!==oo(),isFinal(n){return D(n,t)?!0:!(n instanceof E)||n.code!=="permission_denied"?!1:(na(),O.value="denied",!0)}}),ea=setInterval(go,fc)}function hc(){let{name:e="",grants:t=[]}=F.peek()??{};return JSON.stringify([e,t])}function Ts(){clearInterval(ea),Be&&(As=Be.resumeToken),Be?.close(),Be=null}function na(){As="",G.clear(),re.value=0,ut.value=null}function go(){O.value==="live"&&Qi.hasPassed()&&(O.value="late"),Be?.check()}function vc(e){if(G.apply(e,Mt()),yo(),e.case==="snapshot"&&e.value.first&&(ut.value=e.value.workflow??null),e.case==="changes")for(let{change:t}of e.value.changes)t.case==="workflowChange"&&(ut.value=t.value.workflow??null);if(e.case==="bookmark"){let t=L(e.value.effectiveUntil)??0;vo.learn(t),re.value=t;let n=t+cc-Mt();n>0&&(Qi.in(n),O.value="live")}}addEventListener("online",Is);addEventListener("pageshow",go);document.addEventListener("resume",go);document.addEventListener("visibilitychange",()=>{clearTimeout(Ji),document.hidden?Ji=setTimeout(Ts,mc):(go(),!Be&&X.peek()==="ready"&&A.peek()&&O.peek()!=="denied"&&ta(A.peek()))});Z(()=>{let e=A.value;X.value==="ready"&&e?dc(e):Ts()});function oa(){let e=d().link,t=At.value;if(O.value==="denied")return null;if(O.value==="connecting"||O.value==="late")return u`<p class="link ${O.value}" role="status">${e[O.value]}</p>`;if(O.value==="live"){let o=re.value?`${e.liveAsOf(B(re.value))} (${rt(re.value)})`:"";return u`<p class="link live" role="status" title=${o}><span class="dot" aria-hidden="true"></span>${e.live}</p>`}let n=Math.ceil((Ns.value-t)/st);return u`<p class="link lost">
<span role="status">${e.lost}</span>
<span class="hint">${e.retrying(n)}</span>
<button type="button" class="quiet" onClick=${Is}>${e.now}</button>
</p>`}function lt(){let e=d().link;return O.value==="late"?u`<p class="lost-banner" role="alert">${e.lateAt(B(re.value))}</p>`:O.value!=="lost"?null:u`<p class="lost-banner" role="alert">${Lt.value?e.lostAt(B(re.value)):e.neverConnected}</p>`}var yc={[I.ONLINE]:"ONLINE",[I.AWAY]:"AWAY",[I.OFFLINE]:"OFFLINE"};function Ve(e){return yc[e]??"NONE"}function ye(e){return d().status[Ve(e)]}function Os({status:e}){let t=Ve(e);return u`<svg class="shape ${t.toLowerCase()}" viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">
${t==="ONLINE"&&u`<circle cx="8" cy="8" r="7" fill="currentColor" />`}
${t==="AWAY"&&u`<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="2" />
<path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" />`}
${(t==="OFFLINE"||t==="NONE")&&u`<circle
cx="8"
cy="8"
r="6"
fill="none"
stroke="currentColor"
stroke-width="2"
stroke-dasharray=${t==="NONE"?"3 3":null}
/>`}
</svg>`}function J({status:e,large:t=!1}){return u`<span class="status ${Ve(e).toLowerCase()} ${t?"large":""}">
<${Os} status=${e} />${ye(e)}
</span>`}var Cs=6,gc=15e6,_c="a, button, input",Dt=k(0),ra=()=>{let e=getComputedStyle(document.documentElement);Dt.value=parseFloat(e.getPropertyValue("--row"))*parseFloat(e.fontSize)};ra();addEventListener("resize",ra);function _o({count:e,row:t,head:n,label:o,kept:s=-1,top:r,onRange:i}){let a=Dt.value,l=Y(null),c=Y(null),[f,m]=Zo({first:0,last:40}),h=()=>{let y=l.current;if(!y)return;let v=Math.max(0,Math.floor(y.scrollTop/a)-Cs),b=Math.ceil((y.scrollTop+y.clientHeight)/a)+Cs;m(N=>N.first===v&&N.last===b?N:{first:v,last:b}),i?.(v,b)};T(()=>{let y=l.current;h();let v=new ResizeObserver(h);return v.observe(y),y.addEventListener("scroll",h,{passive:!0}),()=>{v.disconnect(),y.removeEventListener("scroll",h)}},[a,i]),In(()=>{l.current&&(l.current.scrollTop=0)},[r]),In(()=>{if(!c.current||!l.current)return;let{index:y,control:v}=c.current,b=sa(l.current.querySelector(`[aria-rowindex="${y+2}"]`));b.length&&(c.current=null,b[Math.min(v,b.length-1)].focus({preventScroll:!0}))});let p=(y,v)=>{let b=l.current;c.current={index:Math.max(0,Math.min(e-1,y)),control:v};let N=b.firstElementChild?.clientHeight??0,ie=c.current.index*a,ee=ie+a+N-b.clientHeight;b.scrollTop=Math.max(ee,Math.min(ie,b.scrollTop)),m(q=>({...q})),h()},g=y=>{let v=y.target,b=v.closest(".rows-all [aria-rowindex]"),N=sa(b),ie=N.indexOf(v),ee=b?Number(b.getAttribute("aria-rowindex"))-2:-1,q=bc(y,{index:ee,control:ie,range:f,count:e,rowHeight:a,height:l.current?.clientHeight??0});!q||y.altKey||y.metaKey||(y.preventDefault(),q.index===ee?N[Math.max(0,Math.min(N.length-1,q.control))]?.focus():p(q.index,q.control))},$=[],w=Math.min(f.last,e);for(let y=Math.min(f.first,e);y<w;y++)$.push(t(y));s>=0&&s<e&&(s<f.first||s>=w)&&$.push(t(s));let x=Math.min(e*a,gc);return u`<div
class="rows"
ref=${l}
role="grid"
aria-label=${o}
aria-rowcount=${e+1}
tabindex="0"
onKeyDown=${g}
>
${n}
<div class="rows-all" role="rowgroup" style=${{height:`${x}px`}}>${$}</div>
</div>`}function bc({key:e,ctrlKey:t},{index:n,control:o,range:s,count:r,rowHeight:i,height:a}){let l=Math.max(1,Math.floor(a/i)-2);if(n<0){let c=s.first?s.first+Cs:0;return e==="ArrowDown"&&r?{index:c,control:0}:void 0}switch(e){case"ArrowDown":return{index:n+1,control:o};case"ArrowUp":return{index:n-1,control:o};case"PageDown":return{index:n+l,control:o};case"PageUp":return{index:n-l,control:o};case"Home":return t?{index:0,control:o}:{index:n,control:0};case"End":return t?{index:r-1,control:o}:{index:n,control:1/0};case"ArrowRight":return{index:n,control:o+1};case"ArrowLeft":return{index:n,control:o-1};default:return}}function sa(e){return[...e?.querySelectorAll(_c)??[]]}function $e({cause:e,actor:t,reason:n},o){let s=d().cause;switch(e){case le.INACTIVITY:return o===void 0?s.inactivity:s.inactive(Ot(o));case le.ACTIVITY:return s.activity;case le.MANUAL:{let r=t?s.by(me(t)):s.byHand;return n?s.withReason(r,me(n)):r}default:return""}}var $c={person:()=>0,status:(e,t)=>e.status-t.status,since:(e,t)=>e.since-t.since};function wc(e,t){return e.key!==t.key?e.key<t.key?-1:1:e.id<t.id?-1:e.id>t.id?1:0}var bo=class{constructor(){this.rows=[],this.wanted={by:"person",down:!1,search:"",statuses:new Set}}reset(t,n){this.wanted=n,this.rows=[];for(let o of t)this.#e(o)&&this.rows.push(o);this.rows.sort((o,s)=>this.#n(o,s))}change(t,n){let o=t&&this.#e(t)?this.#t(t):-1,s=this.#e(n);if(o>=0&&s&&this.#n(t,n)===0){this.rows[o]=n;return}o>=0&&this.rows.splice(o,1),s&&this.rows.splice(this.#t(n),0,n)}indexOf(t){return this.#e(t)?this.#t(t):-1}#e(t){let{search:n,statuses:o}=this.wanted;return(o.size===0||o.has(t.status))&&(n===""||t.key.includes(n))}#n(t,n){let o=$c[this.wanted.by](t,n)||wc(t,n);return this.wanted.down?-o:o}#t(t){let n=0,o=this.rows.length;for(;n<o;){let s=n+o>>1;this.#n(this.rows[s],t)<0?n=s+1:o=s}return n}};var Sc=4e3,ia=1e3,xc=1e4,$o=150,kc=200,Ec=5e3,pt=k(""),we=k(new Set),He=k({by:"person",down:!1}),Q=k(new Set),ft=k(!1),Se=new bo,wo=[],Rs=0,Ms=k(0),yn=M(()=>{if(ve.value,Ms.value,!ft.value)return{count:Se.rows.length,at:t=>Se.rows.at(t)};let e=wo;return{count:e.length,at:t=>G.all.get(e[t]?.id)??e.at(t)}});G.onChange=(e,t)=>Se.change(e,t);G.onReset=()=>{aa();let e=[...Q.peek()].filter(t=>G.all.has(t));e.length<Q.peek().size&&(Q.value=new Set(e)),yo()};function aa(){let{by:e,down:t}=He.peek();Se.reset(G.all.values(),{by:e,down:t,search:Rt(pt.peek().trim()),statuses:we.peek()}),xo()}Z(()=>{pt.value,we.value,He.value,aa(),Ms.value=Ms.peek()+1});Z(()=>{A.value,Q.value=new Set});function So(){He.peek().by==="person"&&we.peek().size===0||(ft.peek()||(wo=[...Se.rows]),ft.value=!0,clearTimeout(Rs),Rs=setTimeout(xo,Ec))}function xo(){clearTimeout(Rs),ft.value=!1,wo=[]}function ua(e){if(ft.peek())return wo.findIndex(n=>n.id===e);let t=G.all.get(e);return t?Se.indexOf(t):-1}var Ut=[0,40],Ls=0,vn=0,la=0,ct=null,Ds=!1;function ca(e,t){e===Ut[0]&&t===Ut[1]||(Ut=[e,t],ct?.abort(),vn=1/0,Ft($o))}function Ft(e){let t=performance.now()+e;!Ds||t>=vn||(clearTimeout(Ls),vn=t,Ls=setTimeout(Nc,e))}function Fs(){let{at:e}=yn.peek(),t=[];for(let n=Ut[0];n<Math.min(Ut[1],Ut[0]+kc);n++){let o=e(n);o&&t.push(o)}return t}async function Nc(){vn=1/0;let e=Fs().map(o=>o.id);if(e.length&&O.peek()==="live"&&!document.hidden){ct?.abort();let o=ct=new AbortController;la=performance.now();try{let s=await V.batchGetStatuses({accountId:A.peek(),userIds:e},{signal:o.signal});We(s.userStatuses)}catch(s){if(!(s instanceof E))throw s;if(D(s))return}if(ct!==o)return;ct=null}let t=Mt(),n=Fs().some(({nextAt:o})=>o!==void 0&&o-t<xc);Ft(n?ia:Sc)}function fa(){Ds=!0,vn=1/0,Ft($o);let e=Z(()=>{yn.value,!(O.value!=="live"||ct||!Fs().some(({checked:o})=>o===0))&&Ft(Math.max($o,la+ia-performance.now()))}),t=Z(()=>{ut.value,Ft($o)}),n=()=>Ft(0);return document.addEventListener("visibilitychange",n),()=>{Ds=!1,clearTimeout(Ls),ct?.abort(),document.removeEventListener("visibilitychange",n),e(),t()}}function pa(e){let{by:t,down:n}=He.value;He.value={by:e,down:t===e?!n:e==="since"}}function ma(e){let t=new Set(we.value);t.delete(e)||t.add(e),we.value=t.size===3?new Set:t}function da(e){let t=new Set(Q.value);t.delete(e)||t.add(e),Q.value=t}function Us(){return Se.rows.length>0&&Q.value.size>0&&Se.rows.every(({id:e})=>Q.value.has(e))}function ha(){let e=new Set(Q.value);if(Us())for(let{id:t}of Se.rows)e.delete(t);else for(let{id:t}of Se.rows)e.add(t);Q.value=e}var Ac=1e4;function ya({person:e,index:t,top:n,onSet:o}){let s=d().board,r=Ae(e.id),i=Q.value.has(e.id);return u`<div
class="row ${i?"selected":""}"
role="row"
aria-rowindex=${t+2}
data-id=${e.id}
style=${{transform:`translateY(${n}px)`}}
>
<div class="cell check" role="gridcell">
${U("status.write")&&u`<input
type="checkbox"
tabindex="-1"
aria-label=${s.select(r)}
checked=${i}
onChange=${()=>da(e.id)}
/>`}
</div>
<div class="cell person" role="rowheader">
<a href=${be("person",e.id)} tabindex="-1"><${H}>${e.id}<//></a>
</div>
<div class="cell status-cell" role="gridcell"><${J} status=${e.status} /></div>
<${Ic} person=${e} />
<${Tc} person=${e} />
<div class="cell next" role="gridcell"><${Bs} person=${e} /></div>
<div class="cell act" role="gridcell">
${U("status.write")&&u`<button
type="button"
class="icon-button"
tabindex="-1"
aria-label=${s.set(r)}
title=${s.set(r)}
onClick=${()=>o(e.id)}
>
<${te} name="pencil" />
</button>`}
</div>
</div>`}function Ic({person:e}){let{cause:t,checked:n,lastActivity:o}=e,s=t===le.INACTIVITY&&n&&o!==void 0?Pe.value-o:void 0,r=$e(e,s);return u`<div class="cell why" role="gridcell" title=${r}>${r}</div>`}function Tc({person:e}){let t=Ot(Pe.value-e.since);return u`<div class="cell since" role="gridcell">
<time dateTime=${new Date(e.since).toISOString()} title=${rt(e.since)}>${t}</time>
</div>`}function Bs({person:e}){let{next:t,nextAt:n,checked:o}=e,s=Pe.value;return t===I.UNSPECIFIED||n===void 0||O.value!=="live"||s-o>Ac?u`<span class="hint">–</span>`:u`<span class="countdown ${n-s<6e4?"near":""}" title=${rt(n)}>
${d().board.nextIn(ye(t),Yi(n-s))}
</span>`}function ne(e){let t=d().errors;if(!(e instanceof E))throw e;switch(e.code){case"permission_denied":return t.denied;case"deadline_exceeded":return t.timeout;case"resource_exhausted":return t.limit;case"unavailable":return e.reason==="STORE_UNAVAILABLE"?t.store:t.unreachable;default:return t.failed(e.violations[0]?.description??e.message)}}function xe(e){return e instanceof E&&e.code==="canceled"}var Oc=512,Cc=4,Bt=5,Rc=10,Mc=1e4;function Pt({ids:e,onClose:t}){let n=d().setStatus,o=S(e),s=S(e.length===1&&G.all.get(e[0])?.status||I.ONLINE),r=S(""),i=S(-1),a=S([]),l=Y(new AbortController),c=new TextEncoder().encode(r.value).length>Oc,f=i.value>=0,m=e.length===1,h=async $=>{if($.preventDefault(),c||f)return;i.value=0,a.value=[];let{signal:w}=l.current=new AbortController,x=await Uc(o.value,s.value,r.value.trim(),w,()=>i.value++);i.value=-1,o.value=x.left,a.value=x.failures,m||(Q.value=new Set(x.left)),x.left.length===0&&t()},p=()=>{l.current.abort(),(!f||m)&&t()},g=m?n.title(me(e[0])):n.titleMany(o.value.length);return u`<${fo} title=${g} onClose=${p}>
<form onSubmit=${h} novalidate>
${m?u`<${Lc} id=${e[0]} />`:u`<${Dc} ids=${o.value} />`}
<fieldset class="segments" disabled=${f}>
<legend>${n.status}</legend>
${[I.ONLINE,I.AWAY,I.OFFLINE].map($=>u`<label class="segment" key=${$}>
<input type="radio" name="status" checked=${s.value===$} onChange=${()=>s.value=$} />
<${J} status=${$} />
</label>`)}
</fieldset>
<div class="field ${c?"wrong":""}">
<label for="reason">${n.reason} <span class="hint">(${n.optional})</span></label>
<input
id="reason"
autocomplete="off"
disabled=${f}
value=${r.value}
aria-describedby="reason-hint"
aria-invalid=${c?"true":null}
onInput=${$=>r.value=$.currentTarget.value}
/>
<p class=${c?"problem":"hint"} id="reason-hint">${c?n.reasonTooLong:n.reasonHint}</p>
</div>
<${Fc} failed=${a.value} left=${o.value.length} isOne=${m} />
<div class="dialog-actions">
${f&&!m&&u`<span class="hint" role="status">${n.progress(i.value,o.value.length)}</span>`}
<button type="button" onClick=${p}>${f&&!m?n.stop:d().common.cancel}</button>
<button type="submit" class="primary" disabled=${c||f}>${n.submit}</button>
</div>
</form>
<//>`}function Lc({id:e}){ve.value;let t=G.all.get(e);return t?u`<p>${d().setStatus.now} <${J} status=${t.status} /> <span class="hint">${$e(t)}</span></p>`:null}function Dc({ids:e}){let t=e.slice(0,Bt).map((n,o)=>u`${o>0&&", "}<bdi key=${n}>${Ae(n)}</bdi>`);return u`<p class="hint">${t}${e.length>Bt&&u` ${d().common.more(e.length-Bt)}`}</p>`}function Fc({failed:e,left:t,isOne:n}){return e.length===0?null:n?u`<${C} kind="error">${e[0].why}<//>`:u`<${C} kind="error">
<p>${d().setStatus.failed(t)}</p>
<ul class="lines">
${e.slice(0,Bt).map(({id:o,why:s})=>u`<li key=${o}><${H}>${o}<//>: ${s}</li>`)}
</ul>
${e.length>Bt&&u`<p>${d().common.more(e.length-Bt)}</p>`}
<//>`}async function Uc(e,t,n,o,s){let r=A.peek(),i=new Set(e),a=[...e],l=[],c=!1,f=async()=>{for(let m=a.shift();m!==void 0&&!c&&!o.aborted;m=a.shift()){try{let{userStatus:h}=await Bc(()=>V.setStatus({accountId:r,userId:m,status:t,reason:n}),e.length>1);i.delete(m),h&&We([h])}catch(h){D(h)?c=!0:l.push({id:m,why:ne(h)}),h instanceof E&&(h.code==="unavailable"||h.code==="deadline_exceeded")&&(c=!0)}s()}};return await Promise.all(Array.from({length:Math.min(Cc,e.length)},f)),{left:[...i],failures:l}}async function Bc(e,t){for(let n=0;;n++)try{return await e()}catch(o){if(!t||n===Rc||!(o instanceof E)||o.reason!=="LIMIT_EXCEEDED")throw o;await new Promise(s=>setTimeout(s,Math.min(o.retryAfterMs??1e3,Mc)))}}var Pc=[I.ONLINE,I.AWAY,I.OFFLINE];function _a(){let e=d().board,t=S(null),n=Y("");T(fa,[]);let{count:o,at:s}=yn.value,r=l=>{n.current=l.target.closest("[data-id]")?.dataset.id??"",l.target.matches(":focus-visible")&&So()};if(O.value==="denied")return u`<${ce} isPage title=${d().errors.denied} />`;let i=!re.value&&O.value!=="lost"&&o===0,a=l=>{let c=s(l);return c?u`<${ya}
key=${c.id}
person=${c}
index=${l}
top=${l*Dt.value}
onSet=${f=>t.value=[f]}
/>`:null};return u`<h1 class="visually-hidden">${e.title}</h1>
<${lt} />
<div class="board ${Lt.value?"stale":""} ${U("status.write")?"":"read-only"}">
<${Wc} />
<${Vc} onSet=${()=>t.value=[...Q.value]} />
${i?u`<${fe} />`:u`<div
class="rows-frame"
onFocusIn=${r}
onFocusOut=${()=>n.current=""}
onKeyDown=${So}
onPointerMove=${So}
onPointerLeave=${xo}
>
<${_o}
count=${o}
row=${a}
head=${u`<${Hc} />`}
label=${e.title}
kept=${n.current?ua(n.current):-1}
top=${`${pt.value} ${[...we.value]} ${Object.values(He.value)}`}
onRange=${ca}
/>
</div>`}
${!i&&o===0&&u`<${Gc} />`}
</div>
${t.value&&u`<${Pt} ids=${t.value} onClose=${()=>t.value=null} />`}`}function Wc(){let e=d().board;ve.value;let{counts:t}=G,n=we.value;return u`<div class="tools">
<div class="search">
<${te} name="search" />
<input
type="search"
aria-label=${e.search}
placeholder=${e.search}
value=${pt.value}
onInput=${o=>pt.value=o.currentTarget.value}
/>
</div>
<div class="chips" role="group" aria-label=${e.filter}>
<button
type="button"
class="chip"
aria-pressed=${n.size===0?"true":"false"}
onClick=${()=>we.value=new Set}
>
<span>${e.all}</span> <${ga} n=${G.all.size} />
</button>
${Pc.map(o=>u`<button
type="button"
key=${o}
class="chip"
aria-pressed=${n.has(o)?"true":"false"}
onClick=${()=>ma(o)}
>
<${Os} status=${o} /><span>${ye(o)}</span>
<${ga} n=${t[o]} />
</button>`)}
</div>
${ft.value&&u`<p class="hint end">${e.held}</p>`}
</div>`}function ga({n:e}){return u`<span class="count">${re.value||e?Ue(e):"–"}</span>`}function Vc({onSet:e}){let t=d().board,n=Q.value.size;return n===0||!U("status.write")?null:u`<div class="selection" role="status">
<span>${t.selected(n)}</span>
<button type="button" class="primary" onClick=${e}>${t.setSelected}</button>
<button type="button" class="quiet" onClick=${()=>Q.value=new Set}>${t.clear}</button>
</div>`}function Hc(){let e=d().board;return yn.value,u`<div class="rows-head" role="rowgroup">
<div class="row" role="row" aria-rowindex="1">
<div class="cell check" role="columnheader">
${U("status.write")?u`<input type="checkbox" aria-label=${e.selectAll} checked=${Us()} onChange=${ha} />`:u`<span class="visually-hidden">${e.selectAll}</span>`}
</div>
<${Ps} by="person" name=${e.person} />
<${Ps} by="status" name=${e.status} />
<div class="cell why" role="columnheader">${e.cause}</div>
<${Ps} by="since" name=${e.since} />
<div class="cell next" role="columnheader">${e.next}</div>
<div class="cell act" role="columnheader"><span class="visually-hidden">${e.setSelected}</span></div>
</div>
</div>`}function Ps({by:e,name:t}){let{by:n,down:o}=He.value,s=n===e;return u`<div class="cell ${e}" role="columnheader" aria-sort=${s?o?"descending":"ascending":"none"}>
<button type="button" class="sorter" onClick=${()=>pa(e)}>
${t}${s&&u`<${te} name=${o?"down":"up"} />`}
</button>
</div>`}function Gc(){let e=d().board;if(G.all.size===0)return O.value==="live"?u`<${ce} title=${e.empty} hint=${e.emptyHint} />`:null;let t=()=>{pt.value="",we.value=new Set};return u`<${ce} title=${e.noMatch}><button type="button" onClick=${t}>${e.showAll}</button><//>`}function ba(e){return["effective_time,user_id,previous_status,status,cause,actor,reason",...e.map(({at:n,id:o,from:s,to:r,cause:i,actor:a,reason:l})=>[new Date(n).toISOString(),o,I[s],I[r],le[i],a,l].map(qc).join(",")),""].join(`\r
`)}function qc(e){let t=/^[=+\-@\t\r]/.test(e)?`'${e}`:e;return/[",\r\n]/.test(t)?`"${t.replaceAll('"','""')}"`:t}function $a(e,t){let n=document.createElement("a");n.href=URL.createObjectURL(new Blob(["\uFEFF",t],{type:"text/csv;charset=utf-8"})),n.download=e,n.click(),setTimeout(()=>URL.revokeObjectURL(n.href),6e4)}var ko=2e4,Yc=1e3;async function Eo({accountId:e,userId:t,start:n,end:o,signal:s,most:r=ko},i=V){let a=[],l="";do{let c={startTime:jn(n),endTime:o===void 0?void 0:jn(o)},f=await i.listStatusChanges({accountId:e,userId:t,...c,pageSize:Yc,pageToken:l},{signal:s});for(let m of f.changes)a.push({id:m.userId,revision:m.revision,from:m.previousStatus,to:m.status,cause:m.cause,actor:m.actor,reason:m.reason,at:L(m.effectiveTime)??0});l=f.nextPageToken}while(l&&a.length<r);return{changes:a.sort(Kc),isCapped:l!==""}}function Kc(e,t){return t.at-e.at||Number(t.revision-e.revision)}var jc=6e4,wa=8,Xc=4e3,zc=400,No=class{constructor(t,n,o){this.wanted=t,this.calls=o,this.changes=[],this.from=t.end??n,this.until=t.end,this.isCut=!1,this.sliceMs=t.userId?Math.max(1,this.from-t.start):jc}get isComplete(){return this.from<=this.wanted.start}async more(t,n){let o=this.changes.length;for(;!this.isComplete&&!n(this.changes)&&this.changes.length-o<ko;){let s=Math.max(this.wanted.start,this.from-this.sliceMs),r=this.from-s<=1,i=r?ko:Xc,a=await Eo({...this.wanted,start:s,end:this.until,signal:t,most:i},this.calls);if(a.isCapped&&!r){this.sliceMs=Math.max(1,Math.floor((this.from-s)/wa));continue}this.isCut||=a.isCapped,this.changes.push(...a.changes),this.from=this.until=s,a.changes.length<zc&&(this.sliceMs*=wa)}}};var xa=["hour","today","yesterday","7","30","days"];function Ws(e,t,n,o){switch(e){case"hour":return{start:o-36e5,end:void 0};case"today":return{start:Wt(new Date(o),0),end:void 0};case"yesterday":return{start:Wt(new Date(o),-1),end:Wt(new Date(o),0)};case"days":{let[s,r]=[Wt(Sa(t),0),Wt(Sa(n||t),1)];return s<r?{start:s,end:r}:null}default:return{start:Wt(new Date(o),1-Number(e)),end:void 0}}}function ka(e){let t=new Date(e),n=o=>String(o).padStart(2,"0");return`${t.getFullYear()}-${n(t.getMonth()+1)}-${n(t.getDate())}`}function Sa(e){let[t,n,o]=e.split("-").map(Number);return new Date(t,n-1,o)}function Wt(e,t){return new Date(e.getFullYear(),e.getMonth(),e.getDate()+t).getTime()}var Zc=[["MANUAL",le.MANUAL],["INACTIVITY",le.INACTIVITY],["ACTIVITY",le.ACTIVITY]],Jc=400,Qc=500,ef=20;function Ea(){let e=d().history,t=S(""),n=S("today"),o=S(ka(Date.now())),s=S(o.value),r=S(0),i=S(0),a=S(null),l=S(0),c=S(""),f=S(null),m=y=>!r.value||y.cause===r.value,h=async(y,v)=>{let b=y.changes.filter(m).length+Qc;f.value=v,c.value="";try{await y.more(v.signal,N=>N.filter(m).length>=b),a.value=y}catch(N){if(xe(N)||D(N))return;c.value=ne(N)}f.value===v&&(f.value=null)},p=Ws(n.value,o.value,s.value,Date.now());T(()=>{let y=new AbortController,v=setTimeout(()=>{let b=Date.now(),N=Ws(n.value,o.value,s.value,b);a.value=null,l.value=b,N&&h(new No({accountId:A.peek(),userId:t.value.trim(),...N},b),y)},t.value?Jc:0);return()=>{clearTimeout(v),y.abort(),f.value?.abort()}},[t.value,n.value,o.value,s.value,r.value,i.value]);let g=a.value,$=g?.changes.filter(m)??[],w=Rt(t.value.trim()),x=w?[...G.all.values()].filter(y=>y.key.includes(w)).slice(0,ef):[];return u`<h1>${e.title}</h1>
<div class="tools">
<label class="labelled"
>${e.person}
<input
type="search"
list="people"
maxlength="128"
placeholder=${e.anybody}
value=${t.value}
onInput=${y=>t.value=y.currentTarget.value}
/>
<datalist id="people">${x.map(({id:y})=>u`<option key=${y} value=${y}></option>`)}</datalist>
</label>
<label class="labelled"
>${e.range}
<select onChange=${y=>n.value=y.currentTarget.value}>
${xa.map(y=>u`<option value=${y} selected=${y===n.value}>${e.ranges[y]}</option>`)}
</select></label
>
${n.value==="days"&&[[e.firstDay,o],[e.lastDay,s]].map(([y,v])=>u`<label class="labelled" key=${y}
>${y}
<input type="date" value=${v.value} onChange=${b=>v.value=b.currentTarget.value}
/></label>`)}
<label class="labelled"
>${e.cause}
<select onChange=${y=>r.value=Number(y.currentTarget.value)}>
<option value="0">${e.anyCause}</option>
${Zc.map(([y,v])=>u`<option value=${v}>${d().cause.names[y]}</option>`)}
</select></label
>
<button type="button" onClick=${()=>i.value++}>${e.refresh}</button>
${$.length>0&&u`<button type="button" onClick=${()=>$a(`${A.value}.csv`,ba($))}>${e.download}</button>`}
<p class="hint end" role="status">
${g?`${e.shown($.length)} · ${e.readAt(B(l.value))}`:d().common.loading}
${" "}· ${d().common.zone(It)}
</p>
</div>
${!p&&u`<${C} kind="warn">${e.noDays}<//>`}
${c.value&&u`<${C}
kind="error"
actions=${u`<button type="button" onClick=${()=>i.value++}>${d().common.retry}</button>`}
>${c.value}<//
>`}
${g?.isCut&&u`<${C} kind="warn">${e.cut}<//>`}
${g&&$.length>0&&u`<${tf} changes=${$} top=${l.value} />`}
${g&&$.length===0&&u`<${ce} title=${e.empty} hint=${t.value?e.wholeName:e.kept} />`}
${!g&&p&&!c.value&&u`<${fe} />`}
${g&&!g.isComplete&&u`<p class="older">
<button type="button" disabled=${f.value!==null} onClick=${()=>h(g,new AbortController)}>
${f.value?d().common.loading:e.older}
</button>
<span class="hint">${e.readFrom(B(g.from))}</span>
</p>`}`}function tf({changes:e,top:t}){let n=d().history,o=u`<div class="rows-head" role="rowgroup">
<div class="row change" role="row" aria-rowindex="1">
<div class="cell time" role="columnheader">${n.time}</div>
<div class="cell person" role="columnheader">${n.person}</div>
<div class="cell what" role="columnheader">${n.change}</div>
<div class="cell why" role="columnheader">${n.why}</div>
</div>
</div>`,s=r=>{let i=e[r];return u`<div
class="row change"
role="row"
key=${String(i.revision)}
aria-rowindex=${r+2}
style=${{transform:`translateY(${r*Dt.value}px)`}}
>
<div class="cell time" role="gridcell"><${at} ms=${i.at} /></div>
<div class="cell person" role="rowheader"><a tabindex="-1" href=${be("person",i.id)}><${H}>${i.id}<//></a></div>
<div class="cell what" role="gridcell"><${Vs} change=${i} /></div>
<div class="cell why" role="gridcell" title=${$e(i)}>${$e(i)}</div>
</div>`};return u`<${_o}
count=${e.length}
row=${s}
head=${o}
label=${n.title}
top=${t}
/>`}function Vs({change:e}){let t=d().history;return u`<span class="from-to">
<span class="visually-hidden">${t.from}</span><${J} status=${e.from} />
<span aria-hidden="true" class="arrow">→</span><span class="visually-hidden">${t.to}</span>
<${J} status=${e.to} />
</span>`}function Na(e,t,n,o){let s=[],r=(l,c,f)=>{let m=s.at(-1);c=Math.max(c,n),f=Math.min(f,o),!(l===I.UNSPECIFIED||f<=c)&&(m&&m.status===l&&m.from===f?m.from=c:s.push({status:l,from:c,to:f}))},i=1/0;for(let l of e)r(l.to,l.at,i),i=l.at;let a=e.at(-1);return a?r(a.from,-1/0,i):r(t.status,t.since,i),s.reverse()}var nf=[10,30,60,120,240,720,1440],of=8,sf=6e4;function Aa(e,t){let n=nf.find(l=>(t-e)/sf/l<=of)??1440,o=[],s=new Date(e);s.setHours(0,0,0,0);let[r,i,a]=[s.getFullYear(),s.getMonth(),s.getDate()];for(let l=0;;l+=n){let c=new Date(r,i,a,0,l).getTime();if(c>=t)return o;c>=e&&c!==o.at(-1)&&o.push(c)}}var Hs=1e3,Gs=28,Ia={[I.ONLINE]:1,[I.AWAY]:2/3,[I.OFFLINE]:1/3};function Ta({parts:e,start:t,end:n}){let o=i=>(i-t)/(n-t)*Hs,s=rf(e),r=d().person.bar(s.map(([i,a])=>`${ye(i)} ${Tt(a)}`).join(", "));return u`<div class="timeline">
<svg viewBox="0 0 ${Hs} ${Gs}" preserveAspectRatio="none" role="img" aria-label=${r}>
${e.map(({status:i,from:a,to:l})=>u`<rect
key=${a}
class="part ${Ve(i).toLowerCase()}"
x=${o(a)}
width=${Math.max(.5,o(l)-o(a))}
y=${Gs*(1-Ia[i])}
height=${Gs*Ia[i]}
>
<title>${`${ye(i)}: ${B(a)} – ${B(l)}`}</title>
</rect>`)}
</svg>
<div class="marks" aria-hidden="true">
${Aa(t,n-(n-t)/20).map(i=>u`<span key=${i} style=${{left:`${o(i)/(Hs/100)}%`}}>${af(i,n-t)}</span>`)}
</div>
</div>
<ul class="sums">
${s.map(([i,a])=>u`<li key=${i}><${J} status=${i} /> ${Tt(a)}</li>`)}
</ul>`}function rf(e){let t=new Map;for(let{status:n,from:o,to:s}of e)t.set(n,(t.get(n)??0)+s-o);return[...t].sort(([n],[o])=>n-o)}function af(e,t){return t>2*co?Nt("mark day",{weekday:"short",day:"numeric"}).format(e):Nt("mark",{hour:"2-digit",minute:"2-digit",hourCycle:"h23"}).format(e)}var uf=4e3,lf=[8,24,168],Oa=100;function Ca({id:e}){let t=d().person,n=S(!1);ve.value;let o=G.all.get(e),s=O.value==="live";T(()=>{if(!s)return;let i=new AbortController,a=async()=>{if(!document.hidden)try{let{userStatus:c}=await V.getStatus({accountId:A.peek(),userId:e},{signal:i.signal});c&&We([c])}catch(c){if(!(c instanceof E))throw c;D(c)}};a();let l=setInterval(a,uf);return document.addEventListener("visibilitychange",a),()=>{clearInterval(l),document.removeEventListener("visibilitychange",a),i.abort()}},[e,o?.revision,s]);let r=u`<p class="crumbs"><a href=${be("board")}><${te} name="back" />${t.back}</a></p>`;return O.value==="denied"?u`${r}<${ce} isPage title=${d().errors.denied} />`:o?u`${r}<${lt} />
<div class=${Lt.value?"stale":""}>
<div class="person-head">
<h1><${H}>${e}<//></h1>
<${J} status=${o.status} large />
${U("status.write",e)&&u`<button type="button" onClick=${()=>n.value=!0}>${d().board.setSelected}</button>`}
</div>
<${qs} person=${o} />
<${Ys} id=${e} person=${o} />
</div>
${n.value&&u`<${Pt} ids=${[e]} onClose=${()=>n.value=!1} />`}`:u`${r}<${lt} />
${re.value?u`<${ce} isPage title=${t.unknown(me(e))} />`:u`<${fe} />`}`}function qs({person:e}){let t=d().person,n=Pe.value,{lastActivity:o}=e,s=i=>u`<${at} ms=${i} now=${n} /> <span class="hint">(${Ot(n-i)})</span>`,r=e.next!==I.UNSPECIFIED&&e.nextAt!==void 0;return u`<dl class="facts card">
<div class="whole">
<dt>${t.why}</dt>
<dd>${$e(e,e.checked&&o!==void 0?n-o:void 0)}</dd>
</div>
<div><dt>${t.since}</dt><dd>${s(e.since)}</dd></div>
<div><dt>${t.last}</dt><dd>${o===void 0?t.never:s(o)}</dd></div>
<div><dt>${t.next}</dt><dd>${r?u`<${Bs} person=${e} />`:t.none}</dd></div>
</dl>`}function Ys({id:e,person:t}){let n=d().person,o=S(24),s=S(0),r=S(null),i=S(""),a=Pe.value,l=s.value||a,c=o.value*dn,f=l-c,m=O.value==="live";T(()=>{if(!m)return;let w=new AbortController;return Eo({accountId:A.peek(),userId:e,start:f,signal:w.signal}).then(x=>{r.value={...x,start:f},i.value=""},x=>{!xe(x)&&!D(x)&&(i.value=ne(x))}),()=>w.abort()},[e,c,s.value,t.revision,m]);let{changes:h=[],isCapped:p=!1}=r.value??{},g=r.value!==null&&r.value.start<=f,$=w=>s.value=w<Pe.peek()?w:0;return u`<section class="card">
<div class="section-head">
<h2>${n.timeline}</h2>
<div class="steps">
<button type="button" onClick=${()=>$(f)}>${n.earlier}</button>
<button type="button" disabled=${!s.value} onClick=${()=>$(l+c)}>${n.later}</button>
<label
><span class="visually-hidden">${n.range}</span>
<select onChange=${w=>o.value=Number(w.currentTarget.value)}>
${lf.map(w=>u`<option value=${w} selected=${w===o.value}>${n.ranges[w]}</option>`)}
</select></label
>
</div>
</div>
${s.value>0&&u`<p role="status">${B(f,a)} – ${B(l,a)}</p>`}
${i.value&&u`<${C} kind="error">${i.value}<//>`}
${p?u`<${C} kind="warn">${n.capped}<//>`:g?u`<${Ta} parts=${Na(h,t,f,l)} start=${f} end=${l} />
<${cf} changes=${h.filter(({at:w})=>w>=f&&w<l)} key=${`${c} ${s.value}`} />`:!i.value&&u`<${fe} />`}
</section>`}function cf({changes:e}){let t=d().person,n=S(Oa);return e.length===0?u`<p class="hint">${t.noChanges}</p>`:u`<table class="plain stacked">
<caption class="visually-hidden">${t.changes}</caption>
<thead>
<tr>
<th scope="col">${d().history.time}</th>
<th scope="col">${d().history.change}</th>
<th scope="col">${d().history.why}</th>
</tr>
</thead>
<tbody>
${e.slice(0,n.value).map(o=>u`<tr key=${String(o.revision)}>
<td><${at} ms=${o.at} /></td>
<td><${Vs} change=${o} /></td>
<td class="breaks">${$e(o)}</td>
</tr>`)}
</tbody>
</table>
${e.length>n.value&&u`<button type="button" class="quiet" onClick=${()=>n.value+=Oa}>${d().common.more(e.length-n.value)}</button>`}
<p class="hint">${d().common.zone(It)}</p>`}var ff=4e3;function Ra({id:e}){let t=d(),n=S(!1),o=S(!1),s=S("");ve.value;let r=G.all.get(e);T(()=>{let a=async()=>{if(!document.hidden)try{let{userStatus:c}=await V.getStatus({accountId:A.peek(),userId:e});c&&We([c]),s.value="",o.value=!1}catch(c){if(!(c instanceof E))throw c;if(D(c))return;o.value=c.code==="not_found",s.value=o.value?"":ne(c)}};a();let l=setInterval(a,ff);return document.addEventListener("visibilitychange",a),()=>{clearInterval(l),document.removeEventListener("visibilitychange",a)}},[e]);let i=U("status.write",e)&&u`<button type="button" onClick=${()=>n.value=!0}>${t.board.setSelected}</button>`;return u`${s.value&&u`<${C} kind="error">${s.value}<//>`}
${r?u`<div class=${s.value?"stale":""}>
<div class="person-head">
<h1><${H}>${e}<//></h1>
<${J} status=${r.status} large />
${i}
</div>
<${qs} person=${r} />
<${Ys} id=${e} person=${r} />
</div>`:o.value?u`<${ce} title=${t.person.unseenYet}>${i}<//>`:!s.value&&u`<${fe} />`}
${n.value&&u`<${Pt} ids=${[e]} onClose=${()=>n.value=!1} />`}`}function La(){let e=d().signIn,t=S(!1),n=Y(null);T(()=>{document.title=`${e.title} · onduty`,n.current?.focus()},[]);let o=async r=>{t.value=!0,await r(),t.value=!1},s=St.value?.issuer;return u`<main class="alone">
<div class="card narrow">
<${it} />
<h1 ref=${n} tabindex="-1">${e.title}</h1>
${tt.value&&u`<${C} kind="warn">
<p>${e.why[tt.value]}</p>
${no.value&&u`<p class="hint"><${H}>${no.value}<//></p>`}
<//>`}
${s&&u`<button type="button" class="primary wide" disabled=${t.value} onClick=${()=>o(ki)}>
${e.at(new URL(s).host)}
</button>
<p class="hint">${e.atHint}</p>`}
${s?u`<details open=${tt.value==="refused"}>
<summary>${e.byToken}</summary>
<${Ma} isBusy=${t.value} busily=${o} kind="" />
</details>`:u`<${Ma} isBusy=${t.value} busily=${o} kind="primary" />`}
<${Et} />
</div>
</main>`}function Ma({isBusy:e,busily:t,kind:n}){let o=d().signIn,s=S("");return u`<form class="token-form" onSubmit=${async i=>{i.preventDefault();let a=new FormData(i.currentTarget).get("token")?.toString().trim()??"";s.value=a?"":o.empty,a&&await t(()=>xi(a))}} novalidate>
<div class="field ${s.value?"wrong":""}">
<label for="token">${o.token}</label>
<input
id="token"
name="token"
type="password"
autocomplete="off"
spellcheck=${!1}
aria-describedby="token-hint"
aria-invalid=${s.value?"true":null}
/>
<p class=${s.value?"problem":"hint"} id="token-hint" role=${s.value?"alert":null}>
${s.value||o.hint}
</p>
</div>
<button type="submit" class="${n} wide" disabled=${e}>${o.submit}</button>
</form>`}var gn={s:1e3,min:6e4,h:36e5,d:864e5},pf=["d","h","min","s"],Ao=gn.s,Fa=30*gn.d,Vt={text:"10",unit:"min"},Io={text:"30",unit:"min"},Ua=3,Ba=["enabled","away_after","offline_after","resume","keep_manual_away"];function de(e){return{enabled:e.enabled??!1,awayAfter:Ht(L(e.awayAfter)),offlineAfter:Ht(L(e.offlineAfter)),resume:e.resume||fi.FROM_AWAY,keepManualAway:e.keepManualAway??!1}}function mt(e,t,n){let{enabled:o,awayAfter:s,offlineAfter:r,resume:i,keepManualAway:a}=t;return{accountId:e,enabled:o,resume:i,keepManualAway:a,etag:n,awayAfter:s?Xn(ge(s)):void 0,offlineAfter:r?Xn(ge(r)):void 0}}function To(e){let t={};for(let n of["awayAfter","offlineAfter"]){let o=e[n];if(!o)continue;let s=ge(o);s===void 0?t[n]="number":(s<Ao||s>Fa)&&(t[n]="range")}if(!t.awayAfter&&!t.offlineAfter&&e.awayAfter&&e.offlineAfter){let[n,o]=[ge(e.awayAfter),ge(e.offlineAfter)];o<=n&&(t.offlineAfter="order")}return e.enabled&&!e.awayAfter&&!e.offlineAfter&&(t.enabled="none"),t}function dt(e,t){return e.enabled===t.enabled&&e.resume===t.resume&&e.keepManualAway===t.keepManualAway&&Da(e.awayAfter,t.awayAfter)&&Da(e.offlineAfter,t.offlineAfter)}function Da(e,t){if(!e||!t)return e===t;let[n,o]=[ge(e),ge(t)];return n===o&&(n!==void 0||e.text===t.text)}function ge({text:e,unit:t}){let[,n,o=""]=/^(\d+)(?:[.,](\d+))?$/.exec(e.trim())??[];if(!(n===void 0||o.length===3&&n!=="0"))return Math.round(+`${n}.${o}`*gn[t])}function Ht(e){if(e===void 0)return null;let t=pf.find(o=>e%gn[o]===0)??"s";return{text:(e/gn[t]).toLocaleString(ue.value,{useGrouping:!1}).replace(/[.,]\d{3}$/,"$&0"),unit:t}}function Pa({offlineAfter:e}){let t=e?ge(e):void 0;return t===void 0||t>ge(Vt)?Vt:Ht(Math.max(Ao,Math.floor(t/Ua/Ao)*Ao))}function Wa({awayAfter:e}){let t=e?ge(e):void 0;return t===void 0||t<ge(Io)?Io:Ht(Math.min(Fa,t*Ua))}var mf=["s","min","h","d"];function Oo({draft:e,faults:t,refused:n={},onChange:o,disabled:s=!1}){let r=d().workflows,i=Y(null),a=Y("");T(()=>{a.current&&i.current?.querySelector(a.current)?.focus(),a.current=""});let l=m=>{let h=t[m];return h?r.invalid[h]:n[m]},c=[["awayAfter",r.awayAfter,r.addAway,r.removeAway,Pa],["offlineAfter",r.offlineAfter,r.addOffline,r.removeOffline,Wa]],f=(m,h)=>{a.current=h?`.${m} input`:`.add-${m}`,o({[m]:h})};return u`<div class="periods" ref=${i}>
${c.map(([m,h,,p])=>{let g=e[m];return g&&u`<${df}
key=${m}
name=${m}
label=${h}
period=${g}
onChange=${$=>o({[m]:$})}
removeLabel=${p}
onRemove=${()=>f(m,null)}
problem=${l(m)}
disabled=${s}
/>`})}
${e.awayAfter&&e.offlineAfter&&u`<p class="hint">${r.bothStart}</p>`}
${l("enabled")&&u`<p class="problem" role="alert">${l("enabled")}</p>`}
${!s&&u`<div class="adders">
${c.map(([m,,h,,p])=>!e[m]&&u`<button type="button" key=${m} class="quiet add-${m}" onClick=${()=>f(m,p(e))}>
<${te} name="plus" />${h}
</button>`)}
</div>`}
</div>`}function df({name:e,label:t,period:n,onChange:o,removeLabel:s,onRemove:r,problem:i,disabled:a}){let l=jt();return u`<div class="field ${e} ${i?"wrong":""}">
<label for=${l}>${t}</label>
<div class="field-row">
<input
id=${l}
class="short"
inputmode="decimal"
autocomplete="off"
value=${n.text}
disabled=${a}
aria-invalid=${i?"true":null}
aria-describedby=${i?`${l}-problem`:null}
onInput=${c=>o({...n,text:c.currentTarget.value})}
/>
<select
aria-label=${d().workflows.unit(t)}
value=${n.unit}
disabled=${a}
onChange=${c=>o({...n,unit:c.currentTarget.value})}
>
${mf.map(c=>u`<option value=${c} selected=${c===n.unit}>${d().longUnits[c]}</option>`)}
</select>
${!a&&u`<button type="button" class="icon-button" aria-label=${s} title=${s} onClick=${r}>
<${te} name="cross" />
</button>`}
</div>
${i&&u`<p class="problem" id=${`${l}-problem`} role="alert">${i}</p>`}
</div>`}var hf=32*1024*1024,Ks=1024*1024,vf=[",",";","	","|"];async function Va(e){if(e.size>hf)return null;let[t,n]=new Uint8Array(await e.slice(0,2).arrayBuffer()),o=t===31&&n===139,s=o?e:new Response(e.stream().pipeThrough(new CompressionStream("gzip"))),r=new Uint8Array(await s.arrayBuffer()),[i,a]=yf(await gf(e,o));return{name:e.name,bytes:r,columns:i,sample:a}}function yf(e){let[t="",n=""]=e.replace(/^\ufeff/,"").split(/\r?\n/,2),o=vf.reduce((i,a)=>t.split(a).length>t.split(i).length?a:i),[s,r]=[t,n].map(i=>i.split(o).map(a=>a.trim().replace(/^"(.*)"$/,"$1")));return s.length>1&&!t.includes("\0")?[s,r]:[[],[]]}function js(e=""){return/^\d{9,10}(\.\d+)?$/.test(e)?bt.EPOCH_S:/^\d{12,13}$/.test(e)?bt.EPOCH_MS:bt.RFC3339}async function gf(e,t){let o=(t?e.stream().pipeThrough(new DecompressionStream("gzip")):e.stream()).getReader();try{return new TextDecoder().decode((await o.read()).value)}catch{return""}finally{o.cancel().catch(()=>{})}}var Xs=["enabled","awayAfter","offlineAfter","resume","keepManualAway"];function ht(e,t){let n=d().workflows;switch(t){case"enabled":return e?.enabled?n.on:n.off;case"awayAfter":case"offlineAfter":{let o=Ht(L(e?.[t]));return o?`${o.text} ${d().units[o.unit]}`:n.never}case"resume":return n.resumes[e?.resume||1];default:return e?.keepManualAway?n.yes:n.no}}function Co({before:e,after:t}){let n=d().workflows;return u`<ul class="lines">
${Xs.map(o=>{let[s,r]=[ht(e,o),ht(t,o)];return s===r?null:u`<li key=${o}>${n.fields[o]}: ${s} → ${r}</li>`})}
</ul>`}var _f=.1,{ONLINE:_n,AWAY:Ro,OFFLINE:Zs}=I,Ga=[[_n,Ro],[_n,Zs],[Ro,Zs]],qa=[[Ro,_n],[Zs,_n]];function Ya({summary:e,name:t}){let n=d().whatIf,[o,s]=[L(e.firstActivityTime),L(e.lastActivityTime)];return u`<p>${me(t)}: ${n.read(Number(e.users),Number(e.activities))}</p>
${o!==void 0&&s!==void 0&&u`<p class="hint">${B(o)} – ${B(s)} (${Tt(s-o)}) · ${d().common.zone(It)}</p>`}`}function Ka(e){let t=[Ga,qa].map(n=>Js(e,n));return Math.max(1,...t)}function ja({title:e,settings:t,summary:n,largest:o}){let s=d().whatIf,r=d().workflows.fields,i=n.timeInStatus.map(g=>({status:g.status,ms:L(g.duration)??0})),a=i.reduce((g,$)=>g+$.ms,0),[l,c]=[Number(n.activeSoonAfterAway),Js(n,[[_n,Ro]])],[f,m]=[Number(n.ignoredActivities),Number(n.activities)],h=(g,$,w="")=>{let x=Js(n,$);return u`<${Ha} label=${g} share=${x/o} kind=${w} value=${Ue(x)} />`},p=(g,$)=>u`
${h(u`<strong>${g}</strong>`,$)}
${$.map(([w,x])=>h(`${ye(w)} → ${ye(x)}`,[[w,x]],Ve(x)))}
`;return u`<section class="card" aria-label=${e}>
<h2>${e}</h2>
<p class="hint">
${["awayAfter","offlineAfter","resume"].map(g=>`${r[g]}: ${ht(t,g)}`).join(" · ")}
</p>
<h3>${s.time}</h3>
<dl class="bars">
${i.map(({status:g,ms:$})=>u`<${Ha}
key=${g}
label=${u`<${J} status=${g} />`}
share=${a?$/a:0}
kind=${Ve(g)}
value=${zs($,a)}
/>`)}
</dl>
<h3>${s.switches}</h3>
<dl class="bars">${p(s.demoted,Ga)} ${p(s.resumed,qa)}</dl>
${m>0&&u`<p>${s.ignored(f,m,zs(f,m))}</p>`}
<${C} kind=${c&&l/c>_f?"warn":"info"}>
<p><strong>${s.soon(l,c,zs(l,c))}</strong></p>
<//>
</section>`}function Ha({label:e,share:t,value:n,kind:o=""}){return u`<div class="bar-row">
<dt>${e}</dt>
<dd>
<svg viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">
<rect class="part ${o.toLowerCase()}" width=${100*t} height="16" />
</svg>
</dd>
<dd class="value">${n}</dd>
</div>`}function Js(e,t){return e?.switches.filter(o=>t.some(([s,r])=>o.previousStatus===s&&o.status===r))?.reduce((o,s)=>o+Number(s.count),0)??0}function zs(e,t){let n={style:"percent",minimumFractionDigits:1,maximumFractionDigits:1};return(t?e/t:0).toLocaleString(ue.value,n)}var bf=12e4,$f="activity_time",wf="user_id",Xa={enabled:!0,awayAfter:Vt,offlineAfter:Io,resume:1,keepManualAway:!1};function Za(){let e=d().whatIf,t=S(Xa),n=S(null),o=S({time:"",user:"",format:bt.RFC3339}),s=S(""),r=S(""),i=S([]),a=S(null),l=To(t.value),c=!n.value?.columns.length||o.value.time!==""&&o.value.user!=="",f=n.value!==null&&c&&Object.keys(l).length===0&&!s.value;T(()=>(V.getWorkflow({accountId:A.peek()}).then(({workflow:v})=>{let b=v&&de(v);b&&(b.awayAfter||b.offlineAfter)&&t.peek()===Xa&&(t.value={...b,enabled:!0})},D),()=>a.peek()?.abort()),[]);let m=v=>{t.value={...t.value,...v}},h=async v=>{if(n.value=null,r.value="",!!v){s.value="packing";try{let b=await Va(v);if(!b)r.value=e.tooLong;else{let[N,ie]=[$f,wf].map(ee=>b.columns.includes(ee)?ee:"");o.value={time:N,user:ie,format:js(b.sample[b.columns.indexOf(N)])},n.value=b}}catch{r.value=e.unreadable}s.value=""}},p=v=>{v.preventDefault();let b=document.getElementById("log");v.type!=="drop"||s.value||!v.dataTransfer?.files.length||(b.files=v.dataTransfer.files,h(b.files[0]))},g=(v,b)=>{o.value={...o.value,[v]:b};let{columns:N=[],sample:ie=[]}=n.value??{};v==="time"&&(o.value.format=js(ie[N.indexOf(b)]))},$=(v,b,N)=>{let{time:ie,user:ee,format:q}=o.value,vt={log:v.bytes,timeColumn:ie,userColumn:ee,timeFormat:q},_e=mt("",b,"");return V.simulate({accountId:A.peek(),workflow:_e,...vt},{signal:N,timeoutMs:bf})},w=async v=>{if(v.preventDefault(),!f||!n.value)return;r.value="",i.value=[];let{signal:b}=a.value=new AbortController;s.value="computing";try{let N=t.value,ie=await $(n.value,N,b);i.value=[{title:e.tried,settings:mt("",N,""),answer:ie}];let{workflow:ee}=await V.getWorkflow({accountId:A.peek()},{signal:b}),q={...de(ee),enabled:!0};if((q.awayAfter||q.offlineAfter)&&!dt(q,N)){let vt=await $(n.value,q,b);i.value=[...i.value,{title:e.inForce,settings:ee,answer:vt}]}}catch(N){!xe(N)&&!D(N)&&(r.value=Sf(N,n.value))}s.value=""},[x]=i.value,y=Math.max(...i.value.map(({answer:v})=>Ka(v.summary)));return u`<h1>${e.title}</h1>
<p class="hint">${e.intro}</p>
<form class="card" onSubmit=${w} novalidate>
<div class="drop" onDragOver=${p} onDrop=${p}>
<label for="log"><strong>${e.log}</strong></label>
<input
id="log"
type="file"
aria-describedby="log-hint"
disabled=${s.value!==""}
onChange=${v=>h(v.currentTarget.files[0])}
/>
<p class="hint" id="log-hint">${e.logHint}</p>
${n.value&&u`<p role="status">${e.packed(Ue(Math.ceil(n.value.bytes.length/1e3)))}</p>`}
${n.value&&n.value.bytes.length>Ks&&u`<p class="problem">${e.large}</p>`}
</div>
${n.value&&n.value.columns.length>0&&u`<div class="tools">
<${za} label=${e.timeColumn} value=${o.value.time} log=${n.value} onChange=${v=>g("time",v)} />
<${za} label=${e.userColumn} value=${o.value.user} log=${n.value} onChange=${v=>g("user",v)} />
<label class="labelled"
>${e.format}
<select onChange=${v=>o.value={...o.value,format:Number(v.currentTarget.value)}}>
${Object.entries(e.formats).map(([v,b])=>u`<option value=${v} selected=${Number(v)===o.value.format}>${b}</option>`)}
</select></label
>
</div>
${!c&&u`<p class="problem" role="alert">${e.unmapped}</p>`}`}
<${Oo} draft=${t.value} faults=${l} onChange=${m} />
<label class="labelled"
>${d().workflows.resume}
<select onChange=${v=>m({resume:Number(v.currentTarget.value)})}>
${[1,3,2].map(v=>u`<option value=${v} selected=${v===t.value.resume}>${d().workflows.resumes[v]}</option>`)}
</select></label
>
<div class="form-footer">
<p class="hint" role="status">${s.value&&e.stages[s.value]}</p>
${s.value==="computing"&&u`<progress aria-label=${e.stages[s.value]}></progress>
<button type="button" onClick=${()=>a.value?.abort()}>${d().common.cancel}</button>`}
<button type="submit" class="primary" disabled=${!f}>${e.run}</button>
</div>
</form>
<div class="results">
${r.value&&u`<${C} kind="error">${r.value}<//>`}
${x?.answer.warnings.map(v=>u`<${C} kind="warn" key=${v}>${v}<//>`)}
${x?.answer.summary&&u`<${Ya} summary=${x.answer.summary} name=${n.value?.name??""} />
<div class="compare">
${i.value.map(({title:v,settings:b,answer:N})=>u`<${ja} key=${v} title=${v} settings=${b} summary=${N.summary} largest=${y} />`)}
</div>
<p class="hint">${e.soonHint}</p>`}
</div>`}function za({label:e,value:t,log:n,onChange:o}){return u`<label class="labelled"
>${e}
<select onChange=${s=>o(s.currentTarget.value)}>
<option value="" selected=${!t}>${d().whatIf.choose}</option>
${n.columns.map(s=>u`<option key=${s} value=${s} selected=${s===t}>${s}</option>`)}
</select></label
>`}function Sf(e,t){let n=d().whatIf;return t.bytes.length>Ks&&e instanceof E&&["unavailable","resource_exhausted"].includes(e.code)?n.large:!(e instanceof E)||e.code!=="invalid_argument"?ne(e):n.badLog(e.violations[0]?.description??e.message)}var xf=250,Ja=1e4,kf=1500,Ef=["unavailable","deadline_exceeded","internal","unknown"],Nf=5,Mo=class{constructor(t,n=V){this.accountId=t,this.calls=n,this.base=k(null),this.draft=k(null),this.theirs=k(null),this.problem=k(""),this.refused=k({}),this.notice=k(""),this.phase=k(""),this.question=k(null),this.preview=k({state:"none"}),this.faults=M(()=>this.draft.value?To(this.draft.value):{}),this.isValid=M(()=>Qs(this.faults.value)&&Qs(this.refused.value)),this.isChanged=M(()=>this.base.value!==null&&this.draft.value!==null&&!dt(de(this.base.value),this.draft.value)),this.canSave=M(()=>this.isChanged.value&&this.isValid.value&&!this.phase.value&&!this.theirs.value),this.asking=null,this.timer=0,this.rereading=0,this.heardEtag="",this.isClosed=!1}async load(t){this.problem.value="";try{let n=await this.#a();this.#i(t?.base??n),t&&this.edit(t.draft),this.#r(n,"updated"),this.#o()}catch(n){D(n)||(this.problem.value=ne(n))}}close(){this.isClosed=!0,this.#s()}edit(t){this.phase.value||(Ne(()=>{this.draft.value={...this.draft.value,...t},this.notice.value!=="kept"&&(this.notice.value=""),this.problem.value="",this.refused.value={}}),this.#l())}toggle(){let t=this.draft.value,{awayAfter:n,offlineAfter:o}=de(this.base.value);t.enabled?this.edit({enabled:!1,awayAfter:n,offlineAfter:o}):this.edit({enabled:!0,awayAfter:t.awayAfter??(t.offlineAfter?null:Vt)})}discard(){this.#i(this.theirs.value??this.base.value)}restore(t){this.phase.value||this.theirs.value||(this.question.value={restoring:t,before:this.isChanged.value?this.draft.value??void 0:void 0},this.edit(de(t)))}answer(t){let n=this.question.value;if(this.question.value=null,t)return this.#e();n?.before?this.edit(n.before):n?.restoring&&this.discard()}heard({etag:t}){this.heardEtag=t,this.base.value?this.#o():this.problem.value&&this.load()}keepMine(){Ne(()=>{this.base.value=this.theirs.value,this.theirs.value=null,this.notice.value="kept"}),this.#l()}async save(){if(!this.canSave.value)return;this.phase.value="checking",this.preview.value={...this.preview.value,state:"asking"},await this.#c(),this.phase.value="";let{state:t}=this.preview.value;if(this.canSave.value&&!this.isClosed&&t==="known"&&er(this.preview.value)<=Nf){await this.#e();return}this.canSave.value&&(t==="known"||t==="failed")&&(this.question.value={}),this.#o()}async#e(){if(this.canSave.value){this.phase.value="saving",this.#s();try{this.#i((await this.calls.updateWorkflow(this.#f())).workflow),this.notice.value="saved"}catch(t){if(D(t))return;Qa(t)?await this.#n():await this.#t(t)}finally{this.phase.value=""}this.#o()}}async#n(){for(this.phase.value="uncertain";!this.isClosed;)try{let t=await this.#a();t.etag===this.base.value?.etag?this.problem.value=d().workflows.notSaved:this.#r(t,"saved");return}catch(t){if(D(t))return;await new Promise(n=>setTimeout(n,kf))}}async#t(t){this.question.value=null;try{t instanceof E&&t.reason==="REVISION_CONFLICT"?this.#r(await this.#a(),"updated"):this.#u(t)||(this.problem.value=ne(t))}catch(n){D(n)||(this.problem.value=ne(n))}}#u(t){if(!(t instanceof E)||t.code!=="invalid_argument")return!1;let n={};for(let{field:o,description:s}of t.violations)o.endsWith("away_after")?n.awayAfter=s:o.endsWith("offline_after")?n.offlineAfter=s:o.endsWith("enabled")&&(n.enabled=s);return this.refused.value=n,!Qs(n)}async#a(){return(await this.calls.getWorkflow({accountId:this.accountId})).workflow}async#o(){if([this.base.value?.etag,this.theirs.value?.etag,""].includes(this.heardEtag)||this.phase.value)return;let n=++this.rereading;try{let o=await this.#a();n===this.rereading&&!this.phase.value&&this.#r(o,"updated")}catch(o){D(o)||ne(o)}}#r(t,n){if(t.etag!==this.base.value?.etag){if(!this.isChanged.value||dt(de(t),this.draft.value)){this.#i(t),this.notice.value=n;return}this.#s(),Ne(()=>{this.theirs.value=t,this.question.value=null,this.preview.value={state:"none"}})}}#i(t){t&&(this.#s(),Ne(()=>{this.base.value=t,this.draft.value=de(t),this.theirs.value=null,this.question.value=null,this.problem.value="",this.refused.value={},this.notice.value="",this.preview.value={state:"none"}}))}#s(){clearTimeout(this.timer),this.asking?.abort()}#l(){if(this.#s(),!this.canSave.value){this.preview.value={state:"none"};return}this.preview.value={...this.preview.value,state:"asking"},this.timer=setTimeout(()=>this.#c(),xf)}async#c(){this.#s();let t=this.asking=new AbortController;try{let{impact:n}=await this.calls.updateWorkflow({...this.#f(),validateOnly:!0},{signal:t.signal});if(t.signal.aborted)return;this.preview.value={state:"known",impact:n},this.timer=setTimeout(()=>this.#c(),Ja)}catch(n){if(t.signal.aborted||xe(n)||D(n))return;let o=Qa(n);this.preview.value={state:o?"failed":"none"},o?this.timer=setTimeout(()=>this.#c(),Ja):await this.#t(n)}}#f(){let[t,n]=[this.base.value,this.draft.value];return{workflow:mt(this.accountId,n,t.etag),updateMask:{paths:Ba}}}};function er({state:e,impact:t}){return e==="known"&&t?Number(t.switchingToAway+t.switchingToOffline):0}function Qa(e){return e instanceof E&&Ef.includes(e.code)}function Qs(e){return Object.keys(e).length===0}var eu=8,tu=15;function Lo({form:e}){let t=d().workflows,{state:n,impact:o}=e.preview.value,{draft:s,base:r}=e;if(n==="none")return null;let i=r.value?.enabled&&s.value&&!s.value.enabled;return u`<section class="preview" aria-live="polite" aria-busy=${n==="asking"}>
<h3>${t.previewTitle}</h3>
${n!=="known"&&u`<p class="hint">${n==="asking"?t.previewing:t.previewFailed}</p>`}
${o&&n!=="failed"&&u`<${Af} impact=${o} />`}
${i&&u`<p>${t.turnedOff} ${t.resume}: ${t.resumes[s.value?.resume]}.</p>`}
</section>`}function Af({impact:e}){let t=d().workflows,[n,o]=[Number(e.switchingToAway),Number(e.switchingToOffline)],s=n+o-Math.min(eu,e.switches.length),r=e.nextHour.map(l=>[Number(l.switchingToAway),Number(l.switchingToOffline)]),[i,a]=[0,1].map(l=>r.reduce((c,f)=>c+f[l],0));return u`<div class="effect">
<p>${n+o===0?t.nobodyNow:t.switching(n,o)}</p>
${e.switches.length>0&&u`<ul class="switches">
${e.switches.slice(0,eu).map(l=>u`<li key=${l.userId}><${H}>${l.userId}<//> <${J} status=${l.status} /></li>`)}
${s>0&&u`<li class="hint">${d().common.more(s)}</li>`}
</ul>`}
<p class="hint">${t.withinHour(i,a)}</p>
${i+a>0&&u`<ul class="quarters hint">
${r.map(([l,c],f)=>u`<li key=${f}>
${f*tu}–${(f+1)*tu} ${d().units.min}: <strong>${Ue(l+c)}</strong>
</li>`)}
</ul>`}
</div>`}function nu({form:e}){let t=d().workflows,n=e.question.value,o=e.draft.value;if(!n||!o)return null;let{restoring:s,before:r}=n,i=er(e.preview.value),a=L(s?.updateTime),l=s?a===void 0?t.restoreFirst:t.restoreTitle(B(a)):i?t.confirmTitle(i):t.blindTitle;return u`<${su}
title=${l}
yes=${i?t.confirm(i):s?t.restore:t.save}
isReady=${e.canSave.value&&e.preview.value.state!=="asking"}
onAnswer=${c=>e.answer(c)}
>
${s&&u`<${Co} before=${e.base.value} after=${s} />`}
${r&&u`<p>${t.editsLost}</p>`}
<${Lo} form=${e} />
${i>0&&u`<p>${t.resume}: ${t.resumes[o.resume]}.</p>`}
<//>`}function ou(){let e=d().workflows;return un.value?u`<${su} title=${e.leaveTitle} yes=${e.leave} no=${e.stay} isReady onAnswer=${gi}>
<p>${e.leaveText}</p>
<//>`:null}function su({title:e,yes:t,no:n=d().common.cancel,isReady:o,onAnswer:s,children:r}){return u`<${fo} title=${e} onClose=${()=>s(!1)} alert>
${r}
<div class="dialog-actions">
<button type="button" onClick=${()=>s(!1)} autofocus>${n}</button>
<button type="button" class="primary" disabled=${!o} onClick=${()=>s(!0)}>${t}</button>
</div>
<//>`}var If=20;function ru({form:e}){let t=d().workflows,n=S(null),o=S(""),s=S(""),r=Y(null),i=e.base.value?.etag,a=async c=>{r.current?.abort();let{signal:f}=r.current=new AbortController;s.value="";try{let m=await V.listWorkflowChanges({accountId:e.accountId,pageSize:If,pageToken:c},{signal:f});n.value=c?[...n.value??[],...m.changes]:m.changes,o.value=m.nextPageToken}catch(m){!xe(m)&&!D(m)&&(s.value=ne(m))}};T(()=>(a(""),()=>r.current?.abort()),[e,i]);let l=o.value?void 0:n.value?.at(-1)?.previousWorkflow;return u`<section class="card" aria-labelledby="settings-history">
<h2 id="settings-history">${t.history}</h2>
${!n.value&&!s.value&&u`<${fe} />`}
${n.value?.length===0&&u`<p class="hint">${t.historyEmpty}</p>`}
${n.value!==null&&n.value.length>0&&u`<table class="plain stacked settings-history">
<thead>
<tr>
<th scope="col">${t.when}</th>
<th scope="col">${t.who}</th>
<th scope="col">${t.what}</th>
<td></td>
</tr>
</thead>
<tbody>
${n.value.map(c=>u`<${Tf} key=${String(c.revision)} change=${c} form=${e} />`)}
${l&&u`<tr>
<td colspan="3" class="hint">${t.beforeAll}</td>
<td class="end"><${iu} form=${e} workflow=${l} /></td>
</tr>`}
</tbody>
</table>`}
${s.value&&u`<${C}
kind="error"
actions=${u`<button type="button" onClick=${()=>a("")}>${d().common.retry}</button>`}
>${s.value}<//
>`}
${o.value&&u`<button type="button" class="quiet" onClick=${()=>a(o.value)}>${t.moreHistory}</button>`}
</section>`}function Tf({change:e,form:t}){let n=d().workflows,{workflow:o,previousWorkflow:s}=e;return u`<tr>
<td><${at} ms=${L(o?.updateTime)} /></td>
<td>
${o?.updatedBy?u`<${H}>${o.updatedBy}<//>`:n.unknownWho}
${o?.updateCaller&&u`<br /><span class="hint">(<${H}>${o.updateCaller}<//>)</span>`}
</td>
<td>
${s?u`<${Co} before=${s} after=${o} />`:n.unknownWho}
</td>
<td class="end"><${iu} form=${t} workflow=${o} /></td>
</tr>`}function iu({form:e,workflow:t}){let n=d().workflows,o=e.base.value;if(!t||!o)return null;if(t.etag&&t.etag===o.etag)return u`<span class="hint">${n.inForce}</span>`;if(!U("workflow.write")||dt(de(t),de(o)))return null;let s=L(t.updateTime),r=s===void 0?n.restoreFirst:n.restoreTitle(B(s));return u`<button
type="button"
class="quiet"
disabled=${e.phase.value!==""||e.theirs.value!==null}
onClick=${()=>e.restore(t)}
>
${n.restore}<span class="visually-hidden"> (${r})</span>
</button>`}var bn=null;function au(){let e=A.value,t=Xe(()=>new Mo(e),[e]);T(()=>{let r=F.peek()?.name;t.load(bn?.accountId===e&&bn.who===r?bn:null),bn=null;let i=[Z(()=>{let a=ut.value;a&&a.accountId===e&&Ce(()=>t.heard(a))}),Z(()=>{Je.value=t.isChanged.value||t.phase.value!==""})];return()=>{let[a,l]=[t.base.peek(),t.draft.peek()];bn=Je.peek()&&a&&l?{accountId:e,who:r,base:a,draft:l}:null,Je.value=!1;for(let c of i)c();t.close()}},[t]);let{nav:n,workflows:o,common:s}=d();return u`<p class="crumbs">${n.settings} <span aria-hidden="true">/</span> ${n.care}</p>
<h1>${o.title}</h1>
<${lt} />
${t.draft.value?u`<${Of} form=${t} draft=${t.draft.value} />
<${ru} form=${t} />
<${nu} form=${t} />
<${ou} />`:t.problem.value?u`<${C}
kind="error"
actions=${u`<button type="button" onClick=${()=>t.load()}>${s.retry}</button>`}
>${t.problem.value}<//
>`:u`<${fe} />`}`}function Of({form:e,draft:t}){let n=d().workflows,o=U("workflow.write");return u`<form class="card" onSubmit=${r=>{r.preventDefault(),e.save()}} novalidate aria-busy=${e.phase.value!==""}>
<div class="switch-row">
<div>
<h2 id="switch-name">${n.heading}</h2>
<p class="hint" id="switch-hint">${n.description}</p>
</div>
<button
type="button"
role="switch"
class="switch"
aria-checked=${t.enabled?"true":"false"}
aria-labelledby="switch-name"
aria-describedby="switch-hint"
disabled=${!o}
onClick=${()=>e.toggle()}
>
<span class="knob"></span>
</button>
</div>
${t.enabled&&u`<${Oo}
draft=${t}
faults=${e.faults.value}
refused=${e.refused.value}
onChange=${r=>e.edit(r)}
disabled=${!o}
/>`}
<${Cf} form=${e} draft=${t} disabled=${!o} />
<${Rf} form=${e} draft=${t} />
<${Lo} form=${e} />
${e.problem.value&&u`<${C} kind="error">${e.problem.value}<//>`}
${e.phase.value==="uncertain"&&u`<${C} kind="warn">${n.uncertain}<//>`}
${o?u`<${Mf} form=${e} />`:u`<${C}>${n.readOnly}<//>`}
</form>`}function Cf({form:e,draft:t,disabled:n}){let o=d().workflows,s=e.base.value;return u`<details class="advanced" open=${(s?.resume??1)>1||s?.keepManualAway}>
<summary>${o.advanced}</summary>
<fieldset disabled=${n}>
<legend>${o.resume}</legend>
${[1,3,2].map(r=>u`<label class="choice" key=${r}>
<input type="radio" name="resume" checked=${t.resume===r} onChange=${()=>e.edit({resume:r})} />
${o.resumes[r]}
</label>`)}
<p class="hint">${o.resumeHint}</p>
</fieldset>
<label class="choice">
<input
type="checkbox"
checked=${t.keepManualAway}
disabled=${n}
onChange=${()=>e.edit({keepManualAway:!t.keepManualAway})}
/>
${o.keep}
</label>
<p class="hint indented">${o.keepHint}</p>
</details>`}function Rf({form:e,draft:t}){let n=d().workflows,o=e.theirs.value;if(!o)return null;let s=e.isValid.value?mt("",t,""):null;return u`<${C} kind="warn">
<p>${n.conflict(me(o.updatedBy),B(L(o.updateTime)??Date.now()))}</p>
<table class="plain">
<thead>
<tr>
<td></td>
<th scope="col">${n.inForce}</th>
<th scope="col">${n.mine}</th>
</tr>
</thead>
<tbody>
${Xs.map(r=>{let[i,a]=[ht(o,r),s?ht(s,r):"?"];return i===a?null:u`<tr key=${r}>
<th scope="row">${n.fields[r]}</th>
<td>${i}</td>
<td>${a}</td>
</tr>`})}
</tbody>
</table>
<div class="notice-actions">
<button type="button" onClick=${()=>e.discard()}>${n.takeTheirs}</button>
<button type="button" onClick=${()=>e.keepMine()}>${n.keepMine}</button>
</div>
<//>`}function Mf({form:e}){let t=d().workflows,n=e.base.value,o=me(n?.updatedBy??""),s=L(n?.updateTime),r={checking:()=>t.previewing,saving:()=>t.saving,uncertain:()=>"",saved:()=>t.saved,kept:()=>t.kept(o),updated:()=>t.updated(o),"":()=>s===void 0?"":t.lastChange(B(s),o)};return u`<div class="form-footer">
<p class="hint ${e.notice.value}" role="status">${r[e.phase.value||e.notice.value]()}</p>
${e.isChanged.value&&!e.phase.value&&!e.theirs.value&&u`<button type="button" onClick=${()=>e.discard()}>${t.discard}</button>`}
<button type="submit" class="primary" disabled=${!e.canSave.value}>${t.save}</button>
</div>`}var Do=[{page:"board",icon:"board",isOpen:()=>lo.value||ot.value!==""},{page:"history",icon:"history",isOpen:()=>U("status.read")},{page:"what-if",icon:"whatIf",isOpen:()=>U("workflow.read")},{page:"workflows",icon:"settings",isOpen:()=>U("workflow.read")}],lu=e=>e==="person"?"board":e;function cu(){switch(T(()=>{document.documentElement.lang=ue.value},[ue.value]),X.value){case"loading":return u`<main class="boot"><h1><img src="icon.svg" alt=${d().common.loading} width="48" height="48" /></h1></main>`;case"leaving":return u`<main class="alone"><${C} kind="warn">${d().signIn.again}<//></main>`;case"unreachable":return u`<${Lf} />`;case"signed-out":return u`<${La} />`;default:return A.value&&Fi.value?u`<${Df} />`:u`<${Ki} />`}}function Lf(){T(()=>{let n=setInterval(Fe,3e3);return()=>clearInterval(n)},[]);let{errors:e,common:t}=d();return u`<main class="alone">
<div class="card narrow" role="alert">
<${it} />
<h1>${e.unreachable}</h1>
<p class="hint">${e.unreachableHint}</p>
<button type="button" class="wide" onClick=${Fe}>${t.retry}</button>
</div>
</main>`}function Df(){let{nav:e}=d(),{page:t,rest:n}=Le.value,o=[A.value,t,...n].join("/"),s=Y(o),r={board:ot.value?e.own:e.board,history:e.history,"what-if":e.whatIf,workflows:e.settings},i=t==="board"&&ot.value?"person":t,a=t==="board"&&!Do[0].isOpen();return T(()=>{let l=Do.find(({isOpen:c})=>c());a&&l&&eo(be(l.page))},[a]),T(()=>{let l=t==="person"?n[0]:r[t];document.title=[l??"",A.value,"onduty"].filter(Boolean).map(Ae).join(" · ")}),T(()=>{s.current!==o&&uu(),s.current=o},[o]),u`<div class="frame">
<a class="skip" href="#main" onClick=${uu}>${e.skip}</a>
<header class="side">
<${it} />
<nav aria-label=${e.label}>
${Do.filter(({isOpen:l})=>l()).map(l=>u`<a key=${l.page} href=${be(l.page)} aria-current=${lu(t)===l.page?"page":null}>
<${te} name=${l.icon} /><span>${r[l.page]}</span>
</a>`)}
</nav>
<div class="corner"><${fu} /></div>
</header>
<div class="content">
<section class="bar" aria-label=${e.account}><${ji} /><${oa} /><${Uf} /></section>
<main id="main" tabindex="-1" class=${`page-${i}`} key=${`${A.value}/${t}`}><${Ff} /></main>
</div>
</div>`}function uu(e){e?.preventDefault(),document.getElementById("main")?.focus()}function Ff(){let{page:e,rest:t}=Le.value,n=Do.find(o=>o.page===lu(e));if(!n)return u`<${ce} isPage title=${d().errors.noPage}><a href=${be("board")}>${d().person.back}</a><//>`;if(!n.isOpen())return u`<${ce} isPage title=${d().errors.denied} />`;if(n.page==="board"&&ot.value)return u`<${Ra} id=${ot.value} />`;switch(e){case"history":return u`<${Ea} />`;case"what-if":return u`<${Za} />`;case"workflows":return u`<${au} />`;case"person":return u`<${Ca} id=${t[0]??""} key=${t[0]} />`;default:return u`<${_a} />`}}function Uf(){let e=S(!1),t=Y(null),n=Y(null);return T(()=>{if(!e.value)return;let s=i=>{t.current?.contains(i.target)||(e.value=!1)},r=["pointerdown","focusin"];for(let i of r)document.addEventListener(i,s);return()=>{for(let i of r)document.removeEventListener(i,s)}},[e.value]),u`<div ref=${t} class="menu" onKeyDown=${s=>{s.key!=="Escape"||!e.value||(e.value=!1,n.current?.focus())}}>
<button
ref=${n}
type="button"
class="icon-button"
aria-label=${d().nav.menu}
aria-expanded=${e.value?"true":"false"}
onClick=${()=>e.value=!e.value}
>
<${te} name="person" />
</button>
${e.value&&u`<div class="corner card"><${fu} />${uo.value&&u`<a href="#/">${d().nav.changeAccount}</a>`}</div>`}
</div>`}function fu(){let{nav:e}=d();return u`${nt.value?u`<p class="who"><${te} name="person" /><${H}>${F.value?.name??""}<//></p>
<button type="button" class="quiet" onClick=${so}>${e.signOut}</button>`:F.value&&!F.value.authenticated?u`<label class="own-name">
<span class="hint">${e.you}</span>
<input
value=${Qe.value}
placeholder=${e.noName}
maxlength="128"
autocomplete="name"
onChange=${t=>ro(t.currentTarget.value)}
/>
</label>`:u`<p class="who"><${te} name="person" /><${H}>${F.value?.name??""}<//></p>`}
<${Et} />`}var pu=document.getElementById("app");await Vi();pu.replaceChildren();Yo(u`<${cu} />`,pu);Ss.ask=Ri;Fe();
