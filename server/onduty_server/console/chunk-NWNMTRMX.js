import{Aa as e,Ba as a,Da as t,F as l,Ha as s,Ia as n,La as r,U as o,Y as i,_ as u,b as c,ba as d,d as h,e as v,f as $,fa as m,g as p,ga as g,ha as f,ia as w,j as y,k as b,l as I,la as C,m as T,na as k,o as D,sa as x,x as A,y as N,ya as M,za as S}from"./chunk-S6QXK7HX.js";var Y=e=>new Date(e).toISOString();function L(e){let a=/^[=+\-@\t\r]/.test(e)?`'${e}`:e;return/[",\r\n]/.test(a)?`"${a.replaceAll('"','""')}"`:a}var U=2e4;async function _({accountId:e,userId:a,teamId:t,start:l,end:s,signal:n,most:r=U},o=A){let i=[],u="";do{let r={startTime:b(l),endTime:void 0===s?void 0:b(s)},c=await o.listStatusChanges({accountId:e,userId:a,teamId:t,...r,pageSize:1e3,pageToken:u},{signal:n});for(let e of c.changes)i.push({id:e.userId,name:e.displayName,team:e.teamId,revision:e.revision,from:e.previousStatus,to:e.status,cause:e.cause,actor:e.actor,reason:e.reason,at:y(e.effectiveTime)??0,expireAt:y(e.expireTime),then:e.then});u=c.nextPageToken}while(u&&i.length<r);return{changes:i.sort(j),isCapped:""!==u}}function j(e,a){return a.at-e.at||Number(a.revision-e.revision)}var R=class{constructor(e,a,t){this.wanted=e,this.calls=t,this.changes=[],this.from=e.end??a,this.until=e.end,this.isCut=!1,this.sliceMs=e.userId?Math.max(1,this.from-e.start):6e4}get isComplete(){return this.from<=this.wanted.start}forget(e){this.changes=this.changes.map(a=>function(e,a){let t=e.id===a;return t||e.actor===a?t?{...e,id:"",name:"",actor:"",reason:""}:{...e,actor:""}:e}(a,e))}async more(e,a){let t=this.changes.length;for(;!this.isComplete&&!a(this.changes)&&this.changes.length-t<U;){let a=Math.max(this.wanted.start,this.from-this.sliceMs),t=this.from-a<=1,l=t?U:4e3,s=await _({...this.wanted,start:a,end:this.until,signal:e,most:l},this.calls);!s.isCapped||t?(this.isCut||=s.isCapped,this.changes.push(...s.changes),this.from=this.until=a,s.changes.length<400&&(this.sliceMs*=8)):this.sliceMs=Math.max(1,Math.floor((this.from-a)/8))}}},E=["hour","today","yesterday","7","30","days"];function O(e,a,t,l){switch(e){case"hour":return{start:l-36e5,end:void 0};case"today":return{start:V(new Date(l),0),end:void 0};case"yesterday":return{start:V(new Date(l),-1),end:V(new Date(l),0)};case"days":{let[e,l]=[V(F(a),0),V(F(t||a),1)];return e<l?{start:e,end:l}:null}default:return{start:V(new Date(l),1-Number(e)),end:void 0}}}function F(e){let[a,t,l]=e.split("-").map(Number);return new Date(a,t-1,l)}function V(e,a){return new Date(e.getFullYear(),e.getMonth(),e.getDate()+a).getTime()}var X=[["MANUAL",$.MANUAL],["INACTIVITY",$.INACTIVITY],["ACTIVITY",$.ACTIVITY],["EXPIRY",$.EXPIRY],["DISCONNECT",$.DISCONNECT]];function z(){let e=o().history,a=h(""),t=h("today"),w=h(function(e){let a=new Date(e),t=e=>String(e).padStart(2,"0");return`${a.getFullYear()}-${t(a.getMonth()+1)}-${t(a.getDate())}`}(Date.now())),y=h(w.value),b=h(0),D=h(0),A=h(0),M=h(null),S=h(0),U=h(""),_=h(null),j=e=>!b.value||e.cause===b.value,F=async(e,a)=>{let t=e.changes.filter(j).length+500;_.value=a,U.value="";try{await e.more(a.signal,e=>e.filter(j).length>=t),M.value=e}catch(e){if(n(e)||l(e))return;U.value=s(e)}_.value===a&&(_.value=null)},V=O(t.value,w.value,y.value,Date.now());c(()=>{let e=new AbortController,l=setTimeout(()=>{let l=Date.now(),s=O(t.value,w.value,y.value,l);M.value=null,S.value=l;let n={accountId:N.peek(),userId:P(a.value),teamId:T.value};s&&F(new R({...n,...s},l),e)},a.value?400:0);return()=>{clearTimeout(l),e.abort(),_.value?.abort()}},[a.value,T.value,t.value,w.value,y.value,b.value,D.value]),c(()=>{let e=e=>{M.peek()?.forget(e),A.value++};return x.add(e),()=>{x.delete(e)}},[]),A.value;let z=M.value,H=z?.changes.filter(j)??[],K=C(a.value.trim()),Q=K?[...k.all.values()].filter(e=>e.key.includes(K)).slice(0,20):[];return I`<h1>${e.title}</h1>
<div class="tools">
<${r} all=${o().board.allTeams} />
<label class="labelled"
>${e.person}
<input
type="search"
list="people"
maxlength="128"
placeholder=${e.anybody}
value=${a.value}
onInput=${e=>a.value=e.currentTarget.value}
/>
<datalist id="people">
${Q.map(({id:e,name:a})=>I`<option key=${e} value=${e} label=${a?`${d(a)} (${d(e)})`:null}></option>`)}
</datalist>
</label>
<label class="labelled"
>${e.range}
<select onChange=${e=>t.value=e.currentTarget.value}>
${E.map(a=>I`<option value=${a} selected=${a===t.value}>${e.ranges[a]}</option>`)}
</select></label
>
${"days"===t.value&&[[e.firstDay,w],[e.lastDay,y]].map(([e,a])=>I`<label class="labelled" key=${e}
>${e}
<input type="date" value=${a.value} onChange=${e=>a.value=e.currentTarget.value}
/></label>`)}
<label class="labelled"
>${e.cause}
<select onChange=${e=>b.value=Number(e.currentTarget.value)}>
<option value="0">${e.anyCause}</option>
${X.map(([e,a])=>I`<option value=${a}>${o().cause.names[e]}</option>`)}
</select></label
>
<button type="button" onClick=${()=>D.value++}>${e.refresh}</button>
${H.length>0&&I`<button type="button" onClick=${()=>function(e,a){let t=document.createElement("a");t.href=URL.createObjectURL(new Blob(["\ufeff",a],{type:"text/csv;charset=utf-8"})),t.download=e,t.click(),setTimeout(()=>URL.revokeObjectURL(t.href),6e4)}(`${N.value}.csv`,function(e){return["effective_time,user_id,previous_status,status,cause,actor,reason,expire_time,then,display_name,team_id",...e.map(({at:e,id:a,name:t,team:l,from:s,to:n,cause:r,actor:o,reason:i,expireAt:u,then:c})=>{let d=void 0===u?["",""]:[Y(u),p[c]];return[Y(e),a,v[s],v[n],$[r],o,i,...d,t,l].map(L).join(",")}),""].join("\r\n")}(H))}>${e.download}</button>`}
<p class="hint end" role="status">
${z?`${e.shown(H.length)} · ${e.readAt(u(S.value))}`:o().common.loading}
${" "}· ${o().common.zone(i)}
</p>
</div>
${!V&&I`<${m} kind="warn">${e.noDays}<//>`}
${U.value&&I`<${m}
kind="error"
actions=${I`<button type="button" onClick=${()=>D.value++}>${o().common.retry}</button>`}
>${U.value}<//
>`}
${z?.isCut&&I`<${m} kind="warn">${e.cut}<//>`}
${z&&H.length>0&&I`<${B} changes=${H} top=${S.value} />`}
${z&&0===H.length&&I`<${g} title=${e.empty} hint=${a.value?e.wholeName:e.kept} />`}
${!z&&V&&!U.value&&I`<${f} />`}
${z&&!z.isComplete&&I`<p class="older">
<button type="button" disabled=${null!==_.value} onClick=${()=>F(z,new AbortController)}>
${_.value?o().common.loading:e.older}
</button>
<span class="hint">${e.readFrom(u(z.from))}</span>
</p>`}`}function P(e){let a=e.trim();if(!a||k.all.has(a))return a;let t=C(a),l=[...k.all.values()].filter(({name:e})=>e&&C(e)===t);return 1===l.length?l[0].id:a}function B({changes:l,top:s}){let n=o().history,r=I`<div class="rows-head" role="rowgroup">
<div class="row change" role="row" aria-rowindex="1">
<div class="cell time" role="columnheader">${n.time}</div>
<div class="cell person" role="columnheader">${n.person}</div>
<div class="cell what" role="columnheader">${n.change}</div>
<div class="cell why" role="columnheader">${n.why}</div>
</div>
</div>`;return I`<${e}
count=${l.length}
row=${e=>{let s=l[e];return I`<div
class="row change"
role="row"
key=${String(s.revision)}
aria-rowindex=${e+2}
style=${{transform:`translateY(${e*S.value}px)`}}
>
<div class="cell time" role="gridcell"><${w} ms=${s.at} /></div>
<div class="cell person" role="rowheader">
${s.id?I`<a tabindex="-1" href=${D("person",s.id)}><${a} id=${s.id} name=${s.name} /></a>`:I`<${a} id="" />`}
</div>
<div class="cell what" role="gridcell"><${H} change=${s} /></div>
<div class="cell why" role="gridcell" title=${t(s)}>${t(s)}</div>
</div>`}}
head=${r}
label=${n.title}
top=${s}
/>`}function H({change:e}){let a=o().history;return I`<span class="from-to">
<span class="visually-hidden">${a.from}</span><${M} status=${e.from} />
<span aria-hidden="true" class="arrow">→</span><span class="visually-hidden">${a.to}</span>
<${M} status=${e.to} />
</span>`}export{_ as a,z as b,H as c};