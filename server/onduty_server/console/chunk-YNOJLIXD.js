import{Ga as e,aa as a,h as t,i as n,j as r,p as s,r as i}from"./chunk-772QFQIG.js";var o=["ONLINE","AWAY","OFFLINE","ELSEWHERE","UNKNOWN"],l={[n.ONLINE]:"ONLINE",[n.AWAY]:"AWAY",[n.OFFLINE]:"OFFLINE"},u={ONLINE:n.ONLINE,AWAY:n.AWAY,OFFLINE:n.OFFLINE},d=e=>({id:e.userId,name:e.displayName,team:e.teamId,isErased:e.erased});function m(e,a){let t=[];for(let n of e.intervals){let[e,i]=[s(n.startTime)??0,s(n.endTime)??0],o=n.elsewhere?"ELSEWHERE":l[n.status]??"UNKNOWN";"UNKNOWN"!==o?t.push({kind:o,cause:"ELSEWHERE"===o?r.UNSPECIFIED:n.cause,from:e,to:i}):t.some(e=>"UNKNOWN"!==e.kind)?t.push({kind:o,cause:r.UNSPECIFIED,from:e,to:i,reason:"erased"}):t.push(...c(e,i,a))}return{...d(e),parts:t}}function c(e,a,t){let n=Math.min(Math.max(e,t),a);return[{kind:"UNKNOWN",cause:r.UNSPECIFIED,from:e,to:n,reason:"dropped"},{kind:"UNKNOWN",cause:r.UNSPECIFIED,from:n,to:a,reason:"unseen"}].filter(e=>e.to>e.from)}function N(e,a){let t=Number(e.people);return e.buckets.map(n=>{let[r,i]=[s(n.startTime)??0,s(n.endTime)??0],o=(Math.min(Math.max(a,r),i)-r)*t;return{...d(e),from:r,to:i,people:t,sums:h(n,o)}})}function h(e,a){let t=p();for(let{status:a,cause:n,duration:r}of e.times){let e=l[a]??"UNKNOWN",i=s(r)??0;t.times[e]+=i,t.causes.push({kind:e,cause:n,ms:i})}return t.times.UNKNOWN+=s(e.unknown)??0,t.times.ELSEWHERE=s(e.elsewhere)??0,t.dropped=Math.min(a,t.times.UNKNOWN),t.connected=s(e.connected)??0,t.engaged=s(e.engaged)??0,t.causes.sort((e,a)=>o.indexOf(e.kind)-o.indexOf(a.kind)||e.cause-a.cause),t}var p=()=>({times:{ONLINE:0,AWAY:0,OFFLINE:0,ELSEWHERE:0,UNKNOWN:0},causes:[],dropped:0,connected:0,engaged:0});function f(e){let{times:a}=p();for(let t of e)for(let e of o)a[e]+=t[e];return a}function E(e){let{times:a}=p();for(let{kind:t,from:n,to:r}of e)a[t]+=r-n;return a}function $(e){return e.map(({time:e,online:a,away:t,offline:n,unknown:r})=>({at:s(e)??0,counts:r?null:[Number(a),Number(t),Number(n)]}))}function v(e,a){return e.map(e=>a&&e.id===a?{...e,id:"",name:"",team:"",isErased:!0}:e)}var g=new Map;function M(e,a){let t=g.get(a);t||g.set(a,t=new Intl.Collator(a,{numeric:!0}));let{compare:n}=t,r=({id:e,name:a})=>a||e;return e.toSorted((e,a)=>Number(e.isErased)-Number(a.isErased)||n(r(e),r(a))||n(e.id,a.id))}var I=240,O=[[2,"offline"],[1,"away"],[0,"online"]];function k({moments:e,start:n,end:r,until:s,marks:o,most:l=W(e),label:u,words:d}){let m=t(-1),c=function(e){let a=Math.max(1,e)/5,t=10**Math.floor(Math.log10(a)),n=Math.max(1,[1,2,5,10].map(e=>e*t).find(e=>e>=a)??a);return Array.from({length:Math.ceil(Math.max(1,e)/n)+1},(e,a)=>a*n)}(l),N=c[c.length-1],h=e=>(e-n)/(r-n)*1e3,p=e=>I*(1-e/N),f=m.value>=0&&m.value<e.length?m.value:x(e),E=e[f],$=a=>Math.min(e[a+1]?.at??s,r),v=a=>{let t=a.currentTarget.getBoundingClientRect(),s=n+(a.clientX-t.left)/t.width*(r-n),i=e.findIndex(({at:e})=>e>s);m.value=Math.max(0,(i<0?e.length:i)-1)};return i`<div class="curve">
<div class="ticks" aria-hidden="true">
${c.map(e=>i`<span key=${e} style=${{bottom:e/N*100+"%"}}>${a(e)}</span>`)}
</div>
<div
class="plot"
role="slider"
tabindex="0"
aria-label=${u}
aria-valuemin="0"
aria-valuemax=${Math.max(0,e.length-1)}
aria-valuenow=${Math.max(0,f)}
aria-valuetext=${E?d(E):""}
onPointerMove=${v}
onPointerDown=${v}
onKeyDown=${a=>{let t=Math.max(2,Math.round(e.length/20)),n={ArrowRight:1,ArrowUp:1,ArrowLeft:-1,ArrowDown:-1,PageUp:t,PageDown:-t,Home:-1/0,End:1/0}[a.key];void 0===n||a.altKey||a.metaKey||a.ctrlKey||(a.preventDefault(),m.value=Math.max(0,Math.min(e.length-1,f+n)))}}
>
<svg viewBox="0 0 ${1e3} ${I}" preserveAspectRatio="none" aria-hidden="true">
<path class="grid" d=${c.map(e=>`M0 ${p(e)}h1000`).join("")} />
<path class="grid" d=${o.map(({at:e})=>`M${h(e)} 0v240`).join("")} />
${e.map(({at:e,counts:a},t)=>null===a&&i`<rect key=${e} class="unknown" fill="url(#hatching)" x=${h(e)} width=${h($(t))-h(e)} height=${I} />`)}
<path class="area part online" d=${A(e,0,h,p,$,I)} />
${O.map(([a,t])=>i`<path key=${t} class="line part ${t}" d=${A(e,a,h,p,$)} />`)}
${E&&i`<path class="cursor" d="M${h(E.at)} 0v${I}" />`}
</svg>
</div>
<div class="marks" aria-hidden="true">
${o.map(({at:e,label:a})=>i`<span key=${e} style=${{left:h(e)/10+"%"}}>${a}</span>`)}
</div>
<p class="readout">${E?d(E):" "}</p>
</div>`}function w(){return i`<ul class="legend">
${O.toReversed().map(([a,t])=>i`<li key=${t}>
<svg viewBox="0 0 32 12" width="32" height="12" aria-hidden="true"><path class="line part ${t}" d="M0 6H32" /></svg>
${e([n.ONLINE,n.AWAY,n.OFFLINE][a])}
</li>`)}
</ul>`}function W(e){return e.reduce((e,{counts:a})=>a?Math.max(e,...a):e,1)}function x(e){return e.reduce((a,{counts:t},n)=>t&&(a<0||t[0]>(e[a].counts?.[0]??0))?n:a,-1)}function A(e,a,t,n,r,s){let i="",o=!1,l=()=>{o&&void 0!==s&&(i+=`V${s}Z`),o=!1};return e.forEach(({at:e,counts:u},d)=>{if(!u)return l();let m=L(n(u[a]));i+=o?`V${m}`:void 0===s?`M${L(t(e))} ${m}`:`M${L(t(e))} ${s}V${m}`,i+=`H${L(t(r(d)))}`,o=!0}),l(),i}var L=e=>Math.round(10*e)/10;export{o as a,u as b,m as c,N as d,f as e,E as f,$ as g,v as h,M as i,k as j,w as k,W as l,x as m};